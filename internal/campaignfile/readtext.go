package campaignfile

import "io/fs"

// ReadText returns a file of a campaign as its author sees it, with LF line ends, for
// whoever shows the lines that findings are about. Like everything else it reads
// regular files of at most 1 MiB only.
func ReadText(fsys fs.FS, name string) ([]byte, error) {
	raw, err := readRegular(fsys, name)
	if err != nil {
		return nil, err
	}
	return normalize(raw), nil
}
