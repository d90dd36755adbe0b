package drip

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
)

// Image is a picture that issues of a campaign show.
type Image struct {
	// Path is relative to the campaign's folder, such as "img/pots.png".
	Path string
	// Type is the media type: image/png, image/jpeg or image/gif.
	Type string
	// Width and Height are in pixels.
	Width, Height int
	// Data is the file, whole.
	Data []byte
}

// ParseImage tells what an image is from its bytes. The error says what they are
// instead: another kind of file, or an image that is damaged or cut off.
func ParseImage(data []byte) (Image, error) {
	img := Image{Data: data}
	var size image.Config
	var err error
	whole := false
	switch tail := bytes.TrimRight(data, "\x00\r\n"); {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		img.Type, whole = "image/png", bytes.HasSuffix(data, []byte("IEND\xaeB`\x82"))
		size, err = png.DecodeConfig(bytes.NewReader(data))
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		img.Type, whole = "image/jpeg", bytes.HasSuffix(tail, []byte("\xff\xd9"))
		size, err = jpeg.DecodeConfig(bytes.NewReader(data))
	case bytes.HasPrefix(data, []byte("GIF8")):
		img.Type, whole = "image/gif", bytes.HasSuffix(tail, []byte(";"))
		size, err = gif.DecodeConfig(bytes.NewReader(data))
	default:
		return img, fmt.Errorf("the file is %s; mail programs show PNG, JPEG and GIF", guess(data))
	}
	img.Width, img.Height = size.Width, size.Height
	switch {
	case err != nil:
		return img, fmt.Errorf("the image is damaged: %w", err)
	case !whole:
		return img, errors.New("the image is cut off, or is being saved just now")
	case size.Width < 1 || size.Height < 1:
		return img, errors.New("the image has no area")
	}
	return img, nil
}

// guess names what a file probably is.
func guess(data []byte) string {
	head := strings.ToLower(string(data[:min(len(data), 256)]))
	switch {
	case len(data) == 0:
		return "empty"
	case strings.Contains(head, "<svg"):
		return "an SVG drawing"
	case strings.HasPrefix(head, "riff") && strings.Contains(head, "webp"):
		return "a WebP image"
	case strings.Contains(head, "ftypavif"), strings.Contains(head, "ftypheic"):
		return "an AVIF or HEIC image"
	}
	return "no image"
}
