package public

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Archives has the issues that strangers may read. The error for a campaign without an
// archive, and for an issue that is not in it, is drip.ErrNotFound.
type Archives interface {
	Archive(ctx context.Context, key string) (Archive, error)
	// ArchivedIssue returns a page; no is an ArchivedIssue.No.
	ArchivedIssue(ctx context.Context, key string, no int64) (ArchivePage, error)
	// ArchiveLanguage returns the language of an archive, a BCP 47 tag; empty if it has
	// none, or if there is no archive.
	ArchiveLanguage(key string) string
	// Indexed returns the keys of the campaigns whose archive search engines may list.
	Indexed() []string
}

// Archive is the list of a campaign's issues.
type Archive struct {
	Key, Title string
	// ID is an IRI that stays the archive's wherever it moves to.
	ID string
	// Sender is empty in a discreet campaign.
	Sender string
	// Language is a BCP 47 tag; empty if unknown.
	Language string
	// Joinable says that there is a sign-up page, and Indexed that search engines may list
	// the archive.
	Joinable, Indexed bool
	Issues            []ArchivedIssue
}

// ArchivedIssue is an issue in the list of an archive.
type ArchivedIssue struct {
	// No is its name in addresses: a number that says nothing.
	No int64
	// Number counts the issues of the series, from 1.
	Number             int
	Subject, Preheader string
	// ID is an IRI that stays the issue's.
	ID string
	// Saved is when these words were first stored.
	Saved time.Time
}

// ArchivePage is an issue as strangers read it.
type ArchivePage struct {
	Letter
	Indexed bool
}

// archiveFor is how long others may keep a page of an archive, in seconds: a correction
// is not to be waited for.
const archiveFor = 300

// archiveView is what archive.html may show.
type archiveView struct {
	Lang, Dir, Root string // as in values
	Archive
}

// archive shows the list.
func (h *handler) archive(w http.ResponseWriter, r *http.Request) {
	a, ok := h.archiveOf(w, r)
	if !ok {
		return
	}
	p, err := h.pages.archive(archiveView{Archive: a})
	if err != nil {
		h.fail(w, r, err)
		return
	}
	serveArchive(w, r, p.kind, p.body, a.Indexed)
}

// feedName is the name of the feed beside the issues, which are numbers.
const feedName = "feed.xml"

// archived shows what is below an archive.
func (h *handler) archived(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("name") == feedName {
		h.feed(w, r)
		return
	}
	h.archivedIssue(w, r)
}

// feed is the list for feed readers.
func (h *handler) feed(w http.ResponseWriter, r *http.Request) {
	a, ok := h.archiveOf(w, r)
	if !ok {
		return
	}
	body, err := atomFeed(a, h.base)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	serveArchive(w, r, "application/atom+xml; charset=utf-8", body, a.Indexed)
}

// archivedIssue shows an issue. It has its styles in the page, as a mail in the browser does.
func (h *handler) archivedIssue(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	no, err := strconv.ParseInt(name, 10, 64)
	if h.archives == nil || err != nil || strconv.FormatInt(no, 10) != name {
		h.pages.gone.ServeHTTP(w, r)
		return
	}
	p, err := h.archives.ArchivedIssue(r.Context(), r.PathValue("key"), no)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Security-Policy", letterPolicy(p.Images))
	serveArchive(w, r, "text/html; charset=utf-8", []byte(p.HTML), p.Indexed)
}

// archiveOf returns the archive that is asked for; false if the answer was given.
func (h *handler) archiveOf(w http.ResponseWriter, r *http.Request) (Archive, bool) {
	if h.archives == nil {
		h.pages.gone.ServeHTTP(w, r)
		return Archive{}, false
	}
	a, err := h.archives.Archive(r.Context(), r.PathValue("key"))
	if err != nil {
		h.fail(w, r, err)
		return Archive{}, false
	}
	return a, true
}

// serveArchive serves what is the same for everybody, and may be kept for a while.
func serveArchive(w http.ResponseWriter, r *http.Request, kind string, body []byte, indexed bool) {
	sum := sha256.Sum256(body)
	header := w.Header()
	header.Set("Content-Type", kind)
	header.Set("Cache-Control", "public, max-age="+strconv.Itoa(archiveFor))
	header.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	if indexed {
		header.Del("X-Robots-Tag")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// robots keeps everything out of search engines but the archives that want to be found
// (RFC 9309 §2.2.2: the longest match counts), with what their pages look like.
func (h *handler) robots(w http.ResponseWriter, r *http.Request) {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	if h.archives != nil {
		keys := h.archives.Indexed()
		for _, key := range keys {
			b.WriteString("Allow: " + h.root + "/a/" + key + "\n")
		}
		if len(keys) > 0 {
			b.WriteString("Allow: " + h.root + "/style.css\nAllow: " + h.root + "/i/\n")
		}
	}
	b.WriteString("Disallow: /\n")
	page{status: http.StatusOK, kind: "text/plain; charset=utf-8", body: []byte(b.String())}.ServeHTTP(w, r)
}

// archivePage returns what renders the list. It fails if the template does, with any of
// what it may have to show.
func archivePage(files fs.FS, v values) (func(archiveView) (page, error), error) {
	const name = "archive.html"
	t, err := readFile(files, name, v.words)
	if err != nil {
		return nil, err
	}
	show := func(view archiveView) (page, error) {
		view.Lang, view.Dir, view.Root = v.Lang, v.Dir, v.Root
		body, err := execute(t, name, view)
		return htmlPage(http.StatusOK, body), err
	}
	full := Archive{Key: "k", Title: "t", Sender: "s", Joinable: true, Indexed: true, Issues: []ArchivedIssue{{No: 1, Number: 1, Subject: "s"}, {No: 2, Number: 3, Subject: "s", Preheader: "p"}}}
	for _, a := range []Archive{{}, full} {
		if _, err := show(archiveView{Archive: a}); err != nil {
			return nil, err
		}
	}
	fold(t, v.words)
	return show, nil
}

// letterPolicy is the Content-Security-Policy of a page that has the styles of a mail:
// images come from where the mail has them, and nothing else is loaded or done.
func letterPolicy(images []string) string {
	sources := "'none'"
	if len(images) > 0 {
		sources = strings.Join(images, " ")
	}
	return "default-src 'none'; style-src 'unsafe-inline'; img-src " + sources + "; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
}
