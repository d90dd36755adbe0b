package app_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	mail "github.com/wneessen/go-mail"
)

// postfixVariable names Postfix's smtp-source where it is not in PATH. Debian has it
// in the package postfix.
const postfixVariable = "SMTP_SOURCE"

// sendWithPostfix has smtp-source send a message n times over eight sessions, which
// is where it is fastest. It reports false if it is not installed.
func sendWithPostfix(b *testing.B, sink string, n int, message []byte) (float64, bool) {
	b.Helper()
	path := os.Getenv(postfixVariable)
	if path == "" {
		var err error
		if path, err = exec.LookPath("smtp-source"); err != nil {
			b.Logf("smtp-source is neither in PATH nor in %s: no comparison with it", postfixVariable)
			return 0, false
		}
	}
	file := filepath.Join(b.TempDir(), "message.txt")
	if err := os.WriteFile(file, bytes.ReplaceAll(message, []byte("\r\n"), []byte("\n")), 0o600); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	out, err := exec.Command(path, "-d", "-s", "8", "-m", strconv.Itoa(n),
		"-f", "letters@example.org", "-t", "reader@example.net", "-F", file, sink).CombinedOutput()
	if err != nil {
		b.Fatalf("%s: %v: %s", path, err, out)
	}
	return float64(n) / time.Since(began).Seconds(), true
}

// tuned leaves out go-mail's NOOP and RSET, which no message needs.
var tuned = []mail.Option{mail.WithoutNoop(), mail.WithoutRset()}

// sendWithGoMail sends n messages of the given size with go-mail's Send.
func sendWithGoMail(b *testing.B, relay string, n, connections, size int, opts ...mail.Option) float64 {
	b.Helper()
	host, port, _ := net.SplitHostPort(relay)
	number, _ := strconv.Atoi(port)
	paragraphs := (size - 900) / (len(benchParagraph) * 103 / 100) // headers; soft line breaks
	text := strings.Repeat(benchParagraph, paragraphs/3)
	html := "<html><body><p>" + strings.Repeat(benchParagraph, paragraphs-paragraphs/3) + "</p></body></html>"
	opts = append([]mail.Option{mail.WithPort(number), mail.WithTLSPolicy(mail.NoTLS), mail.WithHELO("localhost")}, opts...)
	var workers sync.WaitGroup
	began := time.Now()
	for range connections {
		workers.Go(func() {
			client, err := mail.NewClient(host, opts...)
			if err != nil {
				b.Error(err)
				return
			}
			if err := client.DialWithContext(b.Context()); err != nil {
				b.Error(err)
				return
			}
			defer client.Close()
			for i := range n / connections {
				m := mail.NewMsg()
				m.From("letters@example.org")
				m.To(fmt.Sprintf("reader%d@example.net", i))
				m.Subject("A letter")
				m.SetBodyString(mail.TypeTextPlain, text)
				m.AddAlternativeString(mail.TypeTextHTML, html)
				if err := client.Send(m); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	workers.Wait()
	return float64(n/connections*connections) / time.Since(began).Seconds()
}
