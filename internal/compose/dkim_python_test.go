package compose

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"partwork/internal/testkit"
)

// verifier asks dkimpy, which shares no code with us, about every signature of the
// message on its standard input. Its arguments are pairs of names and records.
const verifier = `
import sys, json, dkim
zone = dict(zip(sys.argv[1::2], sys.argv[2::2]))
def lookup(name, timeout=5):
    name = name.decode() if isinstance(name, bytes) else name
    return zone.get(name.rstrip("."), "").encode()
d = dkim.DKIM(sys.stdin.buffer.read())
count = sum(1 for name, _ in d.headers if name.lower() == b"dkim-signature")
def holds(i):
    try:
        return bool(d.verify(idx=i, dnsfunc=lookup))
    except dkim.DKIMException:
        return False
print(json.dumps({"holds": [holds(i) for i in range(count)]}))
`

// python returns an interpreter that has dkimpy, or skips the test. Where CI is
// true it must be there.
func python(t *testing.T) string {
	t.Helper()
	reason := "there is no Python"
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if exec.Command(path, "-c", "import dkim, nacl").Run() == nil {
			return path
		}
		reason = path + " has no dkimpy; install python3-dkim"
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(reason)
	}
	t.Skip(reason)
	return ""
}

// pythonVerify returns which of the signatures hold.
func pythonVerify(t *testing.T, interpreter string, raw []byte) []bool {
	t.Helper()
	args := []string{"-c", verifier}
	for name, r := range published(t) {
		args = append(args, name, strings.Join(r.Strings(), ""))
	}
	cmd := exec.Command(interpreter, args...)
	cmd.Stdin = bytes.NewReader(raw)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var answer struct{ Holds []bool }
	if err == nil {
		err = json.Unmarshal(out, &answer)
	}
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, &stderr)
	}
	return answer.Holds
}

// TestAnIndependentVerifierAgrees holds the signatures against dkimpy: what holds,
// and what does not.
func TestAnIndependentVerifierAgrees(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	interpreter := python(t)
	c := campaign(hostileBody)
	c.Issues[0].Subject = strings.Repeat("Fatigue — 疲労 ", 15)
	r := anna(c, 0)
	r.Name = "ليلى حسن, \"Leila\""
	raw := signed(t, c, r, newSigner(t, nil)).Bytes
	rewritten := signed(t, c, r, newSigner(t, func(o *SignerOptions) { o.Rewritten = true })).Bytes
	for name, tc := range map[string]struct {
		raw  []byte
		want bool
	}{
		"AsSigned":             {raw, true},
		"WithTrace":            {append([]byte("Received: from a by b;\r\n\tTue, 24 Mar 2026 09:00:01 +0000\r\n"), raw...), true},
		"RewrittenMessageID":   {bytes.Replace(rewritten, []byte(stamp.MessageID), []byte("1@email.amazonses.com"), 1), true},
		"ChangedMessageID":     {bytes.Replace(raw, []byte(stamp.MessageID), []byte("1@email.amazonses.com"), 1), false},
		"ChangedBody":          {bytes.Replace(raw, []byte("Hi "), []byte("Ho "), 1), false},
		"AppendedText":         {append(bytes.Clone(raw), "evil\r\n"...), false},
		"AddedSubject":         {append([]byte("Subject: evil\r\n"), raw...), false},
		"AddedFrom":            {append([]byte("From: evil@example.com\r\n"), raw...), false},
		"AddedListUnsubscribe": {append([]byte("List-Unsubscribe: <https://evil.example>\r\n"), raw...), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := pythonVerify(t, interpreter, tc.raw)
			if len(got) != 2 || got[0] != tc.want || got[1] != tc.want {
				t.Errorf("dkimpy says %v, want two times %v", got, tc.want)
			}
		})
	}
}
