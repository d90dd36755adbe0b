package public

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/timing"
	"partwork/internal/wording"
)

// SignUps is what the sign-up pages can do; audience.Audience has it. The error for a
// campaign without such a page is drip.ErrNotFound.
type SignUps interface {
	SignUpForm(ctx context.Context, key string) (audience.SignUpForm, error)
	SignUp(ctx context.Context, key string, f audience.Application) (audience.SignUpAnswer, error)
	SignUpLanguage(ctx context.Context, key string) string
}

// The names of the fields of a sign-up form. Forms on other sites have them.
const (
	fieldEmail = "email"
	fieldName  = "name"
	fieldZone  = "zone"
	fieldStamp = "stamp"
	// fieldTrap is one that people do not see. Programs that fill in whatever they find
	// know the name from forms for comments; browsers fill in nothing there.
	fieldTrap = "subject"
)

// signUpForm shows the form of a campaign.
func (h *handler) signUpForm(w http.ResponseWriter, r *http.Request) {
	if h.signUps == nil {
		h.pages.gone.ServeHTTP(w, r)
		return
	}
	form, err := h.signUps.SignUpForm(r.Context(), r.PathValue("key"))
	if err != nil {
		h.fail(w, r, err)
		return
	}
	h.showSignUp(w, r, http.StatusOK, signUpView{SignUpForm: form, Guess: true})
}

// signUp takes a form that was sent in, from our page or from a form on another site:
// there is nothing to forge, because whoever can make somebody's browser send it can send
// it without. What is known of an address shows neither in the answer nor in how long
// it takes.
func (h *handler) signUp(w http.ResponseWriter, r *http.Request) {
	if h.signUps == nil {
		h.pages.gone.ServeHTTP(w, r)
		return
	}
	began := time.Now()
	form, err := h.form(w, r)
	if err != nil {
		h.pages.tooLarge.ServeHTTP(w, r)
		return
	}
	answer, err := h.signUps.SignUp(r.Context(), r.PathValue("key"), audience.Application{
		Email: form.Get(fieldEmail), Name: form.Get(fieldName), Zone: form.Get(fieldZone),
		Stamp: stampOf(r, form), Trap: form.Get(fieldTrap), From: h.proxies.ClientAddr(r),
	})
	h.steady(r.Context(), began)
	// The answer leaves before anybody hears that there may be a mail to send.
	defer func() { _ = http.NewResponseController(w).Flush() }()
	switch {
	case err != nil:
		h.fail(w, r, err)
	case answer.Kind == audience.SignUpTaken:
		h.pages.taken.ServeHTTP(w, r)
	case answer.Kind == audience.SignUpBusy:
		h.logger.Warn("too many sign-ups: some are turned away", "route", r.Pattern)
		w.Header().Set("Retry-After", "3600")
		h.pages.busy.ServeHTTP(w, r)
	case answer.Kind == audience.SignUpMend:
		h.showSignUp(w, r, http.StatusUnprocessableEntity, typed(answer, form))
	default:
		h.showSignUp(w, r, http.StatusOK, typed(answer, form))
	}
}

// stampOf returns the stamp of a form that was on our page. A browser that was made to
// send one by another site says so (https://www.w3.org/TR/fetch-metadata/): with stamps of
// ours, a site could have its visitors sign others up, each from a network of their own.
func stampOf(r *http.Request, form url.Values) string {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return form.Get(fieldStamp)
	}
	return ""
}

// steady waits until an answer to a form is due. What takes a little longer for one
// address than for another is done by then.
func (h *handler) steady(ctx context.Context, began time.Time) {
	due := time.NewTimer(h.pace - time.Since(began))
	defer due.Stop()
	select {
	case <-due.C:
	case <-ctx.Done():
	}
}

// signUpView is what signup.html may show.
type signUpView struct {
	Lang, Dir, Root string // as in values
	audience.SignUpForm
	// Kind is empty when the form is shown for the first time.
	Kind  audience.SignUpKind
	Wrong audience.SignUpFields
	// Email, Name and Zone are what was typed.
	Email, Name, Zone string
	// Zones are suggestions for the time zone: options with IANA names. They are written
	// out once, because strangers may ask for this page as often as they like.
	Zones template.HTML
	// Guess has the zone looked up by the script: nobody has left the field empty yet.
	Guess bool
}

// Trouble tells that a field has to be mended.
func (v signUpView) Trouble() bool { return v.Kind == audience.SignUpMend }

// maxTyped is how much is shown again of a field, in bytes: more than an address may have.
const maxTyped = 320

// typed is the form with what was typed, for somebody who has to look at it again.
func typed(answer audience.SignUpAnswer, form url.Values) signUpView {
	field := func(name string) string { return shortened(form.Get(name), maxTyped) }
	return signUpView{
		SignUpForm: answer.Form, Kind: answer.Kind, Wrong: answer.Wrong,
		Email: field(fieldEmail), Name: field(fieldName), Zone: field(fieldZone),
		Guess: !form.Has(fieldZone),
	}
}

// showSignUp shows the form. It has the one script of these pages: it looks up the
// reader's time zone and sends nothing.
func (h *handler) showSignUp(w http.ResponseWriter, r *http.Request, status int, v signUpView) {
	p, err := h.pages.signUp(v)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	p.status = status
	const policy = "Content-Security-Policy"
	w.Header().Set(policy, w.Header().Get(policy)+"; script-src 'self'")
	p.ServeHTTP(w, r)
}

// signUpPages adds the pages of signing up. It fails if a template does, with any of
// what it may have to show.
func (p *pages) signUpPages(files fs.FS, v values) error {
	const name = "signup.html"
	t, err := readFile(files, name, v.words)
	if err != nil {
		return err
	}
	zones := zoneOptions()
	p.signUp = func(view signUpView) (page, error) {
		view.Lang, view.Root, view.Zones = v.Lang, v.Root, zones
		body, err := execute(t, name, view)
		return htmlPage(http.StatusOK, body), err
	}
	form := audience.SignUpForm{Statement: "Yes."}
	full := audience.SignUpForm{Title: "Letters", Sender: "Us", Statement: "Yes.", AsksZone: true}
	for _, sample := range []signUpView{
		{SignUpForm: form}, {SignUpForm: full, Guess: true}, {SignUpForm: full, Kind: audience.SignUpAgain},
		{SignUpForm: full, Kind: audience.SignUpMend, Wrong: audience.SignUpFields{Email: true, Name: true, Zone: true}},
	} {
		if _, err := p.signUp(sample); err != nil {
			return err
		}
	}
	fold(t, v.words)
	script, err := fs.ReadFile(files, "web/zone.js")
	if err != nil {
		return fmt.Errorf("read the pages' script: %w", err)
	}
	p.zone = page{status: http.StatusOK, kind: "text/javascript; charset=utf-8", body: script}
	return nil
}

// zoneOptions are the time zones as options.
func zoneOptions() template.HTML {
	var b strings.Builder
	for _, name := range timing.Names() {
		b.WriteString(`<option value="` + template.HTMLEscapeString(name) + `">`)
	}
	return template.HTML(b.String()) // Nobody but us wrote anything in it.
}

// Snippet returns the HTML of a form for the sign-up page of the campaign with that key,
// to be put into a page of another site. It has no script and no style, and asks for what
// our page shows again. Its words are in the given language if there are texts in it.
func Snippet(files fs.FS, publicURL, key, language string) (string, error) {
	const name = "form.html"
	book, err := wording.Load(files)
	if err != nil {
		return "", err
	}
	words, ok := book.In(language)
	if !ok {
		words = book.Accepting("")
	}
	t, err := template.New(name).Option("missingkey=error").Funcs(template.FuncMap{"say": words.HTML}).ParseFS(files, "web/"+name)
	if err != nil {
		return "", fmt.Errorf("read the form %s: %w", name, err)
	}
	base, err := url.Parse(publicURL)
	if err != nil || base.Host == "" || key == "" {
		return "", errors.Join(fmt.Errorf("a form for %q: %w", key, drip.ErrNotFound), err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, struct{ Action string }{strings.TrimRight(publicURL, "/") + "/s/" + key}); err != nil {
		return "", fmt.Errorf("render the form %s: %w", name, err)
	}
	return out.String(), nil
}
