package audience

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// The bounds of what is unpacked. A list of ten million people is about a gigabyte, and
// text hardly ever packs better than 1 : 40; zeros pack 1 : 1000.
const (
	maxUnpacked  = 16 << 30
	freeUnpacked = 64 << 20 // the ratio is not looked at before
	maxRatio     = 200
	maxEntries   = 1000
	sniffed      = 4 << 10 // bytes that tell a format
)

// file is a list as a stream of text, out of whatever it was packed in.
type file struct {
	io.Reader
	first []byte   // the first bytes; they are read from Reader again
	how   string   // "gzip", "ZIP"; empty if it was not packed
	entry string   // the name inside a ZIP archive
	taken *counter // counts the bytes of the file itself
}

// counter counts what is read of a stream.
type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// peeked returns the first bytes of a stream, and a stream that begins with them. An
// error comes after them again.
func peeked(r io.Reader) ([]byte, io.Reader, error) {
	first := make([]byte, sniffed)
	n, err := io.ReadFull(r, first)
	first = first[:n]
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return first, bytes.NewReader(first), nil
	}
	if err != nil {
		r = failing{err}
	}
	return first, io.MultiReader(bytes.NewReader(first), r), err
}

// failing is a stream that cannot be read.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// unpack finds out by its first bytes what a file is, and unpacks it. entry names the
// list in a ZIP archive that has several; it must be empty for everything else.
func unpack(r io.Reader, entry string) (file, error) {
	taken := &counter{Reader: r}
	first, stream, _ := peeked(taken)
	f := file{Reader: stream, first: first, taken: taken}
	var err error
	switch packed(first) {
	case "gzip":
		f.how = "gzip"
		f.Reader, err = gzip.NewReader(stream)
		if err != nil {
			return f, &ListError{Problem: "the gzip file is damaged; pack it again, or unpack it first"}
		}
	case "ZIP":
		f.how = "ZIP"
		f, err = f.unzip(r, entry)
		if err != nil {
			return f, err
		}
	case "":
	}
	if entry != "" && f.how != "ZIP" {
		return f, &ListError{Problem: "an entry of a ZIP archive is named, and the file is none; leave the entry out"}
	}
	if f.how == "" {
		return f, nil
	}
	f.first, f.Reader, err = peeked(&bounded{Reader: f.Reader, taken: taken, how: f.how})
	if err != nil {
		return f, err
	}
	if inner := packed(f.first); inner != "" {
		return f, &ListError{Problem: fmt.Sprintf("there is a %s file within the %s file; unpack the outer one first", inner, f.how)}
	}
	return f, nil
}

// packed names the format that a file is packed in; empty if it is not.
func packed(first []byte) string {
	switch {
	case bytes.HasPrefix(first, []byte("\x1f\x8b")):
		return "gzip"
	case bytes.HasPrefix(first, []byte("PK\x03\x04")), bytes.HasPrefix(first, []byte("PK\x05\x06")):
		return "ZIP"
	}
	return ""
}

// unzip opens the one list of an archive.
func (f file) unzip(r io.Reader, entry string) (file, error) {
	source, ok := r.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok {
		return f, &ListError{Problem: "a ZIP archive can be read from a file only; unpack it first"}
	}
	size, err := source.Seek(0, io.SeekEnd)
	if err != nil {
		return f, err
	}
	archive, err := zip.NewReader(source, size)
	if err != nil {
		return f, &ListError{Problem: "the ZIP archive is damaged; pack it again, or unpack it first"}
	}
	if len(archive.File) > maxEntries {
		return f, &ListError{Problem: fmt.Sprintf("the ZIP archive has %d entries, and %d are allowed; unpack it first", len(archive.File), maxEntries)}
	}
	chosen, problem := pick(archive.File, entry)
	if problem != "" {
		return f, &ListError{Problem: problem}
	}
	if chosen.Flags&1 != 0 {
		return f, &ListError{Problem: "the ZIP archive is encrypted; unpack it first"}
	}
	content, err := chosen.Open()
	if err != nil {
		return f, &ListError{Problem: "the ZIP archive is packed in a way that cannot be read; unpack it first"}
	}
	f.taken.n, f.taken.Reader = 0, nil
	f.entry, f.Reader = chosen.Name, &zipped{Reader: content, entry: chosen, taken: f.taken}
	return f, nil
}

// zipped counts how much of an entry is read, in bytes of the archive.
type zipped struct {
	io.Reader
	entry *zip.File
	taken *counter
	read  int64
}

func (z *zipped) Read(p []byte) (int, error) {
	n, err := z.Reader.Read(p)
	z.read += int64(n)
	if whole := float64(z.entry.UncompressedSize64); whole > 0 {
		z.taken.n = int64(float64(z.entry.CompressedSize64) * min(1, float64(z.read)/whole))
	}
	return n, err
}

// pick returns the entry with the list, or why it is not known.
func pick(entries []*zip.File, name string) (*zip.File, string) {
	var files, lists []*zip.File
	for _, e := range entries {
		base := path.Base(e.Name)
		if !e.Mode().IsRegular() || strings.HasPrefix(base, ".") || strings.HasPrefix(e.Name, "__MACOSX/") {
			continue
		}
		if e.Name == "[Content_Types].xml" || e.Name == "mimetype" {
			return nil, "the file is a spreadsheet; export the sheet as CSV UTF-8"
		}
		if name != "" && e.Name == name {
			return e, ""
		}
		files = append(files, e)
		if slices.Contains([]string{".csv", ".tsv", ".txt", ".jsonl", ".ndjson"}, strings.ToLower(path.Ext(base))) {
			lists = append(lists, e)
		}
	}
	if len(lists) > 0 || len(files) == 0 {
		files = lists
	}
	switch {
	case name != "":
		return nil, fmt.Sprintf("there is no entry %s in the ZIP archive; it has %s", quoteShort(name), nameEntries(files))
	case len(files) == 0:
		return nil, "there is no list in the ZIP archive; expected a CSV file or JSON Lines"
	case len(files) > 1:
		return nil, "there are several lists in the ZIP archive; say with --entry which one to read, one after the other: " + nameEntries(files)
	}
	return files[0], ""
}

// nameEntries lists the names of entries, at most ten.
func nameEntries(files []*zip.File) string {
	names := make([]string, 0, 10)
	for _, f := range files[:min(len(files), 10)] {
		names = append(names, quoteLong(f.Name))
	}
	if len(files) > 10 {
		names = append(names, "…")
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// bounded is an unpacked stream that ends with an error when it grows out of all
// proportion.
type bounded struct {
	io.Reader
	taken *counter
	how   string
	n     int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.n += int64(n)
	switch {
	case b.n > maxUnpacked, b.n > freeUnpacked && b.n > maxRatio*max(b.taken.n, 1):
		return 0, &ListError{Problem: fmt.Sprintf("the %s file unpacks to far more than a list is: more than %d times its size, or 16 GiB; look at what is in it", b.how, maxRatio)}
	case err != nil && !errors.Is(err, io.EOF):
		return n, &ListError{Problem: fmt.Sprintf("the %s file is damaged or cut short; fetch or pack it again", b.how)}
	}
	return n, err
}
