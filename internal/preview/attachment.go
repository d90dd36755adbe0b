package preview

import (
	"net/http"
	"strconv"

	"partwork/internal/compose"
)

// enclosure is an attachment as the page of its issue offers it.
type enclosure struct {
	Path, Name, Type, Size string
}

// enclosures lists the attachments of an issue whose page is at self.
func (s *shown) enclosures(self string) []enclosure {
	var out []enclosure
	for i, a := range s.copy.Edition.Bundle().Attachments {
		out = append(out, enclosure{
			Path: self + "/attachment/" + strconv.Itoa(i+1), Name: a.ShownName(), Type: a.Type, Size: a.Size(),
		})
	}
	return out
}

// attachment serves a file that comes along, as a file: nothing in it is shown or run in
// the preview's own name.
func (p *Preview) attachment(w http.ResponseWriter, r *http.Request) {
	s := p.find(w, r)
	if s == nil {
		return
	}
	var list []compose.Attachment
	if s.copy.Edition != nil {
		list = s.copy.Edition.Bundle().Attachments
	}
	n, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || n < 1 || n > len(list) {
		p.missing(w)
		return
	}
	a := list[n-1]
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	w.Header().Set("Content-Type", a.Type)
	w.Header().Set("Content-Disposition", compose.Disposition(a.ShownName()))
	_, _ = w.Write(a.Data)
}
