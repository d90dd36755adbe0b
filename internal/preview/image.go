package preview

import (
	"encoding/base64"
	"strings"
)

// imageLinks is where the messages of the preview have hosted images, below the
// links that lead nowhere.
const imageLinks = "image"

// illustrated returns the HTML part with all images in it: those that would come
// along, and those that readers would fetch from a server that may not have them
// yet.
func (s *shown) illustrated(host string) string {
	page, bundle := s.edition.ForBrowser(s.message.HTML), s.edition.Bundle()
	if !bundle.HostedImages {
		return page
	}
	for _, img := range bundle.Images {
		page = strings.ReplaceAll(page, `"http://`+host+"/link/"+imageLinks+"/"+img.Name()+`"`,
			`"data:`+img.Type+";base64,"+base64.StdEncoding.EncodeToString(img.Data)+`"`)
	}
	return page
}
