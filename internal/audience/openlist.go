package audience

import (
	"bytes"
	"io"
	"path"
	"strings"
)

// rowSource is a list that has been opened, row by row.
type rowSource interface {
	// next returns the next record, or io.EOF.
	next() (record, error)
	// offset is how many bytes of the file were read, and reached the line after the
	// last record.
	offset() int64
	reached() int
}

// openList finds out what a list is written in, and reads what its columns mean.
type openList struct {
	rowSource
	file     file
	header   *header
	letters  *letters
	encoding string // of the whole file; empty if it is UTF-8, or shows row by row
	format   string // "CSV" or "JSON Lines"
}

// open returns a list ready to be read.
func open(r io.Reader, opts ImportOptions) (*openList, error) {
	f, err := unpack(r, opts.Entry)
	if err != nil {
		return nil, err
	}
	o := &openList{file: f, format: "CSV"}
	if o.encoding, err = encodingOf(opts.Encoding); err != nil {
		return nil, &ListError{Problem: err.Error()}
	}
	asked := o.encoding
	if asked == "" {
		o.encoding = strings.ToLower(wideOf(f.first))
	}
	src, first := f.Reader, f.first
	if o.encoding == "utf-16le" || o.encoding == "utf-16be" {
		src = newWide(src, strings.ToUpper(o.encoding))
		first, src, _ = peeked(src)
	}
	s := newSplitter(src)
	s.letters = letters{page: charmaps[o.encoding], forced: asked != "" || o.encoding != ""}
	o.letters = &s.letters
	return o, o.begin(s, first, opts.Map)
}

// begin reads the header, if the list has one.
func (o *openList) begin(s *splitter, first []byte, maps []Mapping) error {
	start := bytes.TrimLeft(bytes.TrimPrefix(first, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case bytes.HasPrefix(start, []byte("{")):
		o.format = "JSON Lines"
		s.letters.forced = true // it is UTF-8, or what was said (RFC 8259 §8.1)
		j, err := newJSONLines(s, first, maps)
		if err != nil {
			return err
		}
		o.rowSource, o.header = j, j.header
		return nil
	case bytes.HasPrefix(start, []byte("[{")), bytes.HasPrefix(start, []byte("[\n")), bytes.HasPrefix(start, []byte("[ ")), bytes.HasPrefix(start, []byte("[\r")):
		return &ListError{Problem: "the file is a JSON array; write one object on each line, as `jq -c '.[]'` does"}
	}
	h, err := readHeader(s, maps)
	if err != nil {
		return err
	}
	s.rowLike = h.rowLike(s.delimiter)
	o.rowSource, o.header = s, h
	return nil
}

// offset is how much of the file itself was read. What is not packed and not wide is
// counted to the byte.
func (o *openList) offset() int64 {
	if o.file.how == "" && !strings.HasPrefix(o.encoding, "utf-16") {
		return o.rowSource.offset()
	}
	return o.file.taken.n
}

// Reached implements rowSource.
func (s *splitter) reached() int { return s.line }

// from is how everybody of a list stands, by the name that Mailchimp gives it: it
// exports those who must not be mailed in files of their own.
func (o *openList) from(name string) standing {
	if o.header.program == nil || o.header.program.name != "Mailchimp" {
		return subscribed
	}
	if o.file.entry != "" {
		name = o.file.entry
	}
	word, _, _ := strings.Cut(strings.ToLower(path.Base(name)), "_")
	switch word {
	case "unsubscribed":
		return unsubscribed
	case "cleaned":
		return bounced
	case "nonsubscribed", "transactional":
		return unconfirmed
	}
	return subscribed
}

// describe says what a list turned out to be, if that is more than CSV in UTF-8.
func (o *openList) describe() string {
	var parts []string
	switch {
	case strings.HasPrefix(o.encoding, "utf-16"):
		parts = append(parts, strings.ToUpper(o.encoding))
	case o.letters.page != nil && o.letters.forced:
		parts = append(parts, o.encoding)
	case o.letters.page != nil:
		parts = append(parts, in1252)
	}
	if o.file.how != "" {
		parts = append(parts, o.file.how)
	}
	if o.file.entry != "" {
		parts = append(parts, quoteLong(o.file.entry))
	}
	if o.header.program != nil {
		parts = append(parts, "as "+o.header.program.name+" exports it")
	}
	if len(parts) == 0 && o.format == "CSV" {
		return ""
	}
	return strings.Join(append([]string{o.format}, parts...), ", ")
}
