package wording

// Pinned returns a tongue of texts that were kept with a message: the same words for
// ever, whatever the files say by now. Texts that are not among them are empty.
func Pinned(tag string, texts map[string]string) *Tongue { return &Tongue{tag: tag, texts: texts} }
