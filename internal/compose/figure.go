package compose

import (
	"bufio"
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	ghtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// figureNode is an image that has a paragraph to itself. Its child is the image,
// whose title is the caption.
type figureNode struct{ ast.BaseBlock }

// kindFigure is the kind of figureNode.
var kindFigure = ast.NewNodeKind("Figure")

// Kind implements ast.Node.
func (*figureNode) Kind() ast.NodeKind { return kindFigure }

// Dump implements ast.Node.
func (n *figureNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// sizeAttribute is the attribute of an image that is the campaign's own: its width and
// height on the page. Some mail readers heed the attributes only, some the style only,
// and a table is never narrower than an image whose width is in pixels, so that a
// telephone would have to scroll.
const sizeAttribute = "size"

// heavyImage is the size, in octets, from which an image is worth a word.
const heavyImage = 200_000

// image checks an image's alternative text and source, and gives the campaign's own
// images their size.
func (in *inspector) image(n *ast.Image) {
	if in.mayBeEmpty(n) {
		in.fault(n, "alt", "the image has no alternative text", "say in the brackets what it shows: ![…](…)")
	}
	written := string(n.Destination)
	if schemeForm.MatchString(written) || strings.HasPrefix(written, "//") {
		n.Destination = in.target(n, n.Destination)
		if len(n.Destination) > 0 {
			in.doubt(n, "remote-image", "the image is fetched from another server, which learns who reads the message, and when",
				"put the file into the campaign's img folder: ![…](img/…)")
		}
		return
	}
	n.Destination = nil
	img, ok := in.bundle.image(written)
	if !ok || written == logoPath {
		in.fault(n, "image", fmt.Sprintf("there is no image %q in the campaign's folder", clean(marked(cut(written)), 60)), in.nearby(written))
		return
	}
	if len(img.Data) > heavyImage && !in.weighed[img.Path] {
		in.weighed[img.Path] = true
		in.doubt(n, "image-size", fmt.Sprintf("%s has %d kB, which many readers load over a telephone", img.Path, len(img.Data)/1000),
			fmt.Sprintf("save it with at most %d pixels across, or as JPEG", 2*columnWidth))
	}
	width, height := img.shown()
	n.Destination = []byte(in.sourceOf(img))
	n.SetAttributeString(sizeAttribute, [2]int{width, height})
	if !slices.ContainsFunc(in.images, func(i Image) bool { return i.Path == img.Path }) {
		in.images = append(in.images, img)
	}
}

// nearby says what an author may have meant by the path of an image.
func (in *inspector) nearby(written string) string {
	for _, i := range in.bundle.Images {
		if i.Path != logoPath && strings.EqualFold(path.Base(i.Path), path.Base(written)) {
			return "write " + i.Path
		}
	}
	return "put the file into the campaign's img folder and write img/ and its name"
}

// figures turns paragraphs that are one image into figures.
func (in *inspector) figures() {
	for _, p := range in.alone {
		fig := &figureNode{}
		p.Parent().ReplaceChild(p.Parent(), p, fig)
		fig.AppendChild(fig, p.FirstChild())
	}
}

// isFigure reports whether a paragraph is one image and nothing else.
func isFigure(n *ast.Paragraph) bool {
	return n.ChildCount() == 1 && n.FirstChild().Kind() == ast.KindImage
}

// caption returns the caption of a figure, in HTML.
func caption(n ast.Node) string {
	img, ok := n.FirstChild().(*ast.Image)
	if !ok {
		return ""
	}
	var buf bytes.Buffer
	out := bufio.NewWriter(&buf)
	ghtml.DefaultWriter.Write(out, img.Title)
	_ = out.Flush()
	return strings.TrimSpace(buf.String())
}

func (htmlRenderer) figure(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<figure class="figure">`)
		return ast.WalkContinue, nil
	}
	if c := caption(n); c != "" {
		// The block within is for mail readers that do not know the element.
		_, _ = w.WriteString(`<figcaption><div class="caption">` + c + "</div></figcaption>")
	}
	_, _ = w.WriteString("</figure>\n")
	return ast.WalkContinue, nil
}

func (r htmlRenderer) image(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*ast.Image)
	if !entering || len(n.Destination) == 0 {
		return ast.WalkSkipChildren, nil
	}
	alt := markedRuns(textReader{source, r.bundle}.children(n))
	_, _ = w.WriteString(`<img src="` + escape(string(n.Destination)) + `" alt="` + escape(alt) + `"`)
	if size, ok := n.AttributeString(sizeAttribute); ok {
		px, _ := size.([2]int)
		_, _ = fmt.Fprintf(w, ` width="%d" height="%d" style="width:100%%;max-width:%dpx;height:auto"`, px[0], px[1], px[0])
	}
	_, _ = w.WriteString(">")
	return ast.WalkSkipChildren, nil
}

// figure returns what the image shows, and its caption.
func (r textReader) figure(n *figureNode) flow {
	out := flow{parts: []flow{{kind: flowWords, words: r.children(n)}}}
	if c := caption(n); c != "" {
		out.parts = append(out.parts, flow{kind: flowWords, words: runsOf(unescapeText(bytes.NewBufferString(c)))})
	}
	return out
}
