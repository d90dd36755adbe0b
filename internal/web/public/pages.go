package public

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strconv"

	"partwork/internal/audience"
	"partwork/internal/wording"
)

// page is a complete answer. Every page is rendered when the program starts: no
// request can make a template fail, and no two readers see different bytes. Only
// what has numbers and dates in it is rendered for each: the page for those who come
// back, the preferences, and the question before a restart; the page after leaving, whose
// forms have a token; one's own page; the archive; and the sign-up form, which shows what was typed.
type page struct {
	status int
	kind   string
	body   []byte
}

// ServeHTTP implements http.Handler.
func (p page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", p.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(p.body)))
	w.WriteHeader(p.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(p.body) // the reader went away
	}
}

// pages are all there are, in one language.
type pages struct {
	index, confirm, confirmed, continued, leave, left, gone, trouble, style,
	mailed, erased, moving, moved, unmoved, stays page
	// logo is at logoPath; both are empty if pages have none.
	logo     http.Handler
	logoPath string
	// method, tooLarge and fault are answers without a page around them.
	method, tooLarge, fault page
	// statement is what the button that confirms agrees to.
	statement string
	// undoStatement is what the button agrees to that takes a leaving back, and dataNote
	// stands in the file of all that is kept about somebody.
	undoStatement, dataNote string
	// taken and busy are what is said to a form that was sent in; zone is the script of
	// signUp, the page with the form.
	taken, busy, zone page
	signUp            func(signUpView) (page, error)
	// comeback is the page with two buttons: going on, and beginning anew.
	comeback func(audience.Comeback) (page, error)
	// departed is the page after leaving, left without what a mail program has no use for.
	departed func(departedView) (page, error)
	// archive is the list of a public archive.
	archive func(archiveView) (page, error)
	// own is the private page in all its states.
	own func(ownView) (page, error)
	// preferences and restart are the page of the wishes and the second question.
	preferences, restart func(preferencesView) (page, error)
}

// values are what the templates may show: nothing about a reader.
type values struct {
	Lang, Dir string // of the page's text
	Root      string // path of the public URL, without a final slash
	Statement string // on confirm.html and comeback.html: what the buttons agree to
	Next, Of  int    // on comeback.html: the issue to go on with; zero if unknown
	Continues bool   // on confirmed.html: they go on where they were before

	// words are the texts of the page's language.
	words *wording.Tongue
}

// render makes the pages from the files below web/, with texts of one language.
func render(files dressed, root string, words *wording.Tongue) (pages, error) {
	var p pages
	var err error
	for name, to := range map[string]*string{
		"confirm.statement": &p.statement, "left.undo_statement": &p.undoStatement, "own.data_note": &p.dataNote,
	} {
		if *to, err = words.Say(name); err != nil {
			return pages{}, err
		}
	}
	v := values{Lang: words.Tag(), Dir: words.Dir(), Root: root, Statement: p.statement, words: words}
	continues := v
	continues.Continues = true
	for _, f := range []struct {
		page   *page
		file   string
		status int
		values values
	}{
		{&p.index, "index.html", http.StatusOK, v},
		{&p.confirm, "confirm.html", http.StatusOK, v},
		{&p.confirmed, "confirmed.html", http.StatusOK, v},
		{&p.continued, "confirmed.html", http.StatusOK, continues},
		{&p.leave, "leave.html", http.StatusOK, v},
		{&p.mailed, "mailed.html", http.StatusOK, v},
		{&p.erased, "erased.html", http.StatusOK, v},
		{&p.moving, "moving.html", http.StatusOK, v},
		{&p.moved, "moved.html", http.StatusOK, v},
		{&p.unmoved, "unmoved.html", http.StatusOK, v},
		{&p.stays, "stays.html", http.StatusOK, v},
		{&p.gone, "gone.html", http.StatusNotFound, v},
		{&p.taken, "taken.html", http.StatusOK, v},
		{&p.busy, "busy.html", http.StatusTooManyRequests, v},
		{&p.trouble, "trouble.html", http.StatusServiceUnavailable, v},
	} {
		body, err := renderFile(files, f.file, f.values)
		if err != nil {
			return pages{}, err
		}
		*f.page = htmlPage(f.status, body)
	}
	if err := p.short(words); err != nil {
		return pages{}, err
	}
	if p.comeback, err = comebackPage(files, v); err != nil {
		return pages{}, err
	}
	if p.own, err = ownPage(files, v); err != nil {
		return pages{}, err
	}
	if p.archive, err = archivePage(files, v); err != nil {
		return pages{}, err
	}
	if p.departed, err = departedPage(files, v); err != nil {
		return pages{}, err
	}
	if p.left, err = p.departed(departedView{}); err != nil {
		return pages{}, err
	}
	if p.preferences, err = preferencesPage(files, "preferences.html", v); err != nil {
		return pages{}, err
	}
	if p.restart, err = preferencesPage(files, "restart.html", v); err != nil {
		return pages{}, err
	}
	if err = p.signUpPages(files, v); err != nil {
		return pages{}, err
	}
	style, err := fs.ReadFile(files, "web/style.css")
	if err != nil {
		return pages{}, fmt.Errorf("read the pages' style: %w", err)
	}
	css, err := files.look.Style(string(style))
	if err != nil {
		return pages{}, fmt.Errorf("web/style.css:%w", err)
	}
	p.style = page{status: http.StatusOK, kind: "text/css; charset=utf-8", body: []byte(css)}
	if files.logo() != nil {
		p.logo, p.logoPath = files.picture(), "/"+files.logoName()
	}
	return p, nil
}

// comebackPage returns what renders the page for those who come back. It fails if
// the template does, with or without numbers.
func comebackPage(files fs.FS, v values) (func(audience.Comeback) (page, error), error) {
	const name = "comeback.html"
	t, err := readFile(files, name, v.words)
	if err != nil {
		return nil, err
	}
	show := func(back audience.Comeback) (page, error) {
		v := v
		v.Next, v.Of = back.Next, back.Of
		body, err := execute(t, name, v)
		return htmlPage(http.StatusOK, body), err
	}
	for _, sample := range []audience.Comeback{{}, {Next: 5, Of: 8}} {
		if _, err := show(sample); err != nil {
			return nil, err
		}
	}
	return show, nil
}

// short makes the answers without a page around them.
func (p *pages) short(words *wording.Tongue) error {
	for _, s := range []struct {
		page   *page
		status int
		name   string
	}{
		{&p.method, http.StatusMethodNotAllowed, "short.method"},
		{&p.tooLarge, http.StatusRequestEntityTooLarge, "short.too_large"},
		{&p.fault, http.StatusInternalServerError, "short.fault"},
	} {
		text, err := words.Say(s.name)
		if err != nil {
			return err
		}
		*s.page = page{status: s.status, kind: "text/plain; charset=utf-8", body: []byte(text + "\n")}
	}
	return nil
}

func htmlPage(status int, body []byte) page {
	return page{status: status, kind: "text/html; charset=utf-8", body: body}
}

func renderFile(files fs.FS, name string, v values) ([]byte, error) {
	t, err := readFile(files, name, v.words)
	if err != nil {
		return nil, err
	}
	return execute(t, name, v)
}

// readFile reads a template. What it says comes from the texts: {{say "leave.title"}}, and
// with places to fill in {{say "where.leaving" "next" .Next}}.
func readFile(files fs.FS, name string, words *wording.Tongue) (*template.Template, error) {
	t, err := template.New("base.html").Option("missingkey=error").Funcs(funcsOf(files)).Funcs(template.FuncMap{"say": words.HTML}).ParseFS(files, "web/base.html", "web/"+name)
	if err != nil {
		return nil, fmt.Errorf("read the page %s: %w", name, err)
	}
	return t, nil
}

func execute(t *template.Template, name string, v any) ([]byte, error) {
	var out bytes.Buffer
	if err := t.Execute(&out, v); err != nil {
		return nil, fmt.Errorf("render the page %s: %w", name, err)
	}
	return out.Bytes(), nil
}
