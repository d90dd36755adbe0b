package campaignfile

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"slices"

	"partwork/internal/drip"
)

// imageFolder is where a campaign's images lie, within its folder.
const imageFolder = "img"

// RuleImage is the rule that an image is a whole PNG, JPEG or GIF of bearable size.
const RuleImage = "image"

// imageName is what an image may be called: what needs no escaping anywhere.
var imageName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$`)

// readImages reads those images that an issue names. The others are nobody's
// business yet: people keep their sources beside them.
func (f *folder) readImages() {
	entries, err := fs.ReadDir(f.fsys, f.file(imageFolder))
	if err != nil {
		return // there are none; whoever names one is told so with the line
	}
	for _, entry := range entries {
		name := path.Join(imageFolder, entry.Name())
		if !f.named(name) {
			continue
		}
		if img, ok := f.readImage(name); ok {
			f.campaign.Images = append(f.campaign.Images, img)
		}
	}
}

// named reports whether an issue's text has the path of an image in it.
func (f *folder) named(name string) bool {
	return slices.ContainsFunc(f.campaign.Issues, func(is drip.Issue) bool {
		return bytes.Contains(is.Body, []byte(name))
	})
}

// readImage reads one image and reports what is wrong with it.
func (f *folder) readImage(name string) (drip.Image, bool) {
	spot := f.report.at(f.file(name), 0)
	if !imageName.MatchString(path.Base(name)) {
		spot.errorf(RuleImage, "rename it, such as two-pots.png", "the name of the image has a character other than letters, digits, dots, hyphens, @ and _")
		return drip.Image{}, false
	}
	data, err := readRegular(f.fsys, f.file(name))
	switch {
	case errors.Is(err, errTooBig):
		spot.errorf(RuleImage, "save it smaller: 1088 pixels across are enough", "the image is bigger than 1 MiB, which is more than a message can carry")
		return drip.Image{}, false
	case err != nil:
		spot.errorf(RuleUnreadable, "check the file and its permissions", "the file cannot be read: %s", reason(err))
		return drip.Image{}, false
	}
	img, err := drip.ParseImage(data)
	if err != nil {
		spot.errorf(RuleImage, "save it as PNG or JPEG", "%s", err)
		return drip.Image{}, false
	}
	img.Path = name
	return img, true
}
