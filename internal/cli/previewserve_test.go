package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/testkit"
)

// env returns the world of a command in the project.
func (p *deskProject) env() (*env, *said) {
	var said said
	return &env{
		stdin: strings.NewReader(""), stdout: &said, stderr: &said, abort: context.Background(), configFile: filepath.Join(p.dir, "partwork.yaml"),
		now: func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) },
	}, &said
}

// run runs a command in the project and returns what it says.
func (p *deskProject) run(ctx context.Context, args ...string) string {
	p.t.Helper()
	return p.runAt(ctx, func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }, args...)
}

// runAt runs a command that reads another clock.
func (p *deskProject) runAt(ctx context.Context, now func() time.Time, args ...string) string {
	p.t.Helper()
	e, said := p.env()
	e.now = now
	file := e.configFile
	root := newRoot(e)
	root.SetArgs(append(args, "--config", file))
	if err := root.ExecuteContext(ctx); err != nil {
		p.t.Fatalf("partwork %s: %v\n%s", strings.Join(args, " "), err, said)
	}
	return said.String()
}

// said keeps what a program says from all its goroutines, on both outputs.
type said struct {
	mu   sync.Mutex
	text []byte
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = append(s.text, p...)
	return len(p), nil
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.text)
}

// tokenForm is a reader's own link.
var tokenForm = regexp.MustCompile(`/([upv])/[A-Za-z0-9_-]+`)

// TestDeskShowsWhatServeSends has serve send an issue to a subscriber, and holds what the
// relay got against the preview for that subscriber: they differ in the tokens of the
// links, the Message-ID, the date and what follows from these.
func TestDeskShowsWhatServeSends(t *testing.T) {
	t.Parallel()
	p := newDeskProject(t, 2)
	p.write("partwork.yaml", strings.ReplaceAll(string(p.read("partwork.yaml")), "templates: templates\n",
		"templates: templates\ndatabase: data/p.db\nlisten: 127.0.0.1:0\nlisten_private: 127.0.0.1:0\n"))
	p.write(issueFile(0), issueText(0, "Nothing new.\n\n{{.Series}}"))
	p.run(t.Context(), "subscriber", "add", "grace@letters.test", "--name", "Grace", "--timezone", "Asia/Tokyo", "--enroll", "letters", "--consent", "a test", "--now")
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan struct{})
	go func() { defer close(served); p.run(ctx, "serve") }()
	p.relay.Await(t, "the first issue", func() bool { return len(p.relay.Accepted()) == 1 })
	stop()
	<-served
	before := p.read("data/p.db")

	p.serve()
	anonymous := func(m []byte) []string {
		return strings.Split(tokenForm.ReplaceAllString(unmarked(m), "/$1/x"), "\n")
	}
	if diff := cmp.Diff(anonymous(p.relay.Accepted()[0].Body), anonymous(p.get("/letters/issue-1/message.eml?as=s1"))); diff != "" {
		t.Errorf("serve sent something else (-) than the preview shows (+):\n%s", diff)
	}
	p.write(issueFile(0), issueText(0, "Something new."))
	p.awaitPage("/letters/issue-1?view=changes", "<del>Nothing new.</del>", "<ins>Something new.</ins>")
	if !bytes.Equal(before, p.read("data/p.db")) {
		t.Error("looking at it has changed the database")
	}
}

// awaitPage asks for a page until it has all that is wanted: files are read anew a moment
// after they were written.
func (p *deskProject) awaitPage(path string, want ...string) {
	p.t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for limit := time.After(20 * time.Second); ; {
		page := string(p.get(path))
		if !slices.ContainsFunc(want, func(part string) bool { return !strings.Contains(page, part) }) {
			return
		}
		select {
		case <-again.C:
		case <-limit:
			p.t.Fatalf("%s does not show %q:\n%s", path, want, page)
		}
	}
}

func (p *deskProject) read(name string) []byte {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

// TestDeskAndHostileFiles puts everything into the folder that could read another file,
// never end, or be too much, and asks for every page: all answer, and none of them says
// the secret.
func TestDeskAndHostileFiles(t *testing.T) {
	t.Parallel()
	p := newDeskProject(t, 2)
	const secret = "the-secret-of-the-house"
	p.write("secret.txt", secret)
	p.write("secret.md", strings.Replace(issueText(8, secret), "id: issue-9", "id: stolen", 1))
	link := func(to, name string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(p.dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(p.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if err := os.Symlink(to, filepath.Join(p.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	p.write(issueFile(0), issueText(0, "![a](img/secret.png) ![b](../../secret.txt) ![c](file:///etc/passwd)\n\n<script>alert(1)</script>\n\n"+
		"<iframe src=\"https://evil.example\"></iframe>\n\n[run](javascript:alert(1)) [data](data:text/html,x)"))
	link("../../../secret.txt", "campaigns/letters/img/secret.png")
	link("../../secret.md", "campaigns/letters/003-stolen.md")
	link("/etc", "campaigns/etc")
	link("../../secret.txt", "campaigns/letters/personas.yaml")
	link("../../secret.txt", "templates/email/layout.html")
	link("loop", "campaigns/loop")
	link("..", "campaigns/letters/up")
	if err := syscall.Mkfifo(filepath.Join(p.dir, "campaigns/letters/004-pipe.md"), 0o644); err != nil {
		t.Fatal(err)
	}
	huge, err := os.Create(filepath.Join(p.dir, "campaigns/letters/005-huge.md"))
	if err != nil {
		t.Fatal(err)
	}
	if err := huge.Truncate(4 << 30); err != nil {
		t.Fatal(err)
	}
	_ = huge.Close()
	// A campaign that is good but for its text.
	p.write("campaigns/good/campaign.yaml",
		strings.NewReplacer("id: letters", "id: good", "q7w2er", "q7w2es").Replace(string(p.read("campaigns/letters/campaign.yaml"))))
	p.write("campaigns/good/001-issue.md", string(p.read(issueFile(0))))
	link("../../../secret.txt", "campaigns/good/img/secret.png")
	p.serve()
	client := http.Client{Timeout: 20 * time.Second}
	for _, path := range []string{
		"/", "/letters/", "/letters/issue-1", "/letters/stolen", "/letters/issue-1?view=file", "/letters/_grid", "/letters/_calendar", "/etc/", "/loop/",
		"/good/", "/good/issue-1", "/good/issue-1/frame", "/good/issue-1?view=file", "/good/issue-1/message.eml", "/good/issue-1/attachment/1",
		"/good/..%2f..%2fsecret.txt", "/good/%2e%2e/%2e%2e/secret.txt", "/_/..%2fdoc.go",
	} {
		answer, err := client.Get(p.url + path)
		if err != nil {
			t.Errorf("GET %s: %v", path, err)
			continue
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil || bytes.Contains(body, []byte(secret)) || bytes.Contains(body, []byte("root:x:")) {
			t.Errorf("GET %s: %s tells what it should not (%v)", path, answer.Status, err)
		}
	}
	list := testkit.ParseHTML(t, string(p.get("/letters/"))).One(t, "section.overlay").Text()
	for _, said := range []string{"003-stolen.md", "004-pipe.md", "005-huge.md"} {
		if !strings.Contains(list, said) {
			t.Errorf("the errors do not speak of %s: %s", said, list)
		}
	}
}
