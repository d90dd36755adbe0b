package smtpsend

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/drip"
)

func TestReadReply(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 4990)
	tests := []struct {
		name, wire string
		code       int
		text       string
		err        error
	}{
		{"OneLine", "250 2.1.0 ok\r\n", 250, "2.1.0 ok", nil},
		{"Lines", "450-4.7.1 a\r\n450 4.7.1 b\r\n", 450, "4.7.1 a\n4.7.1 b", nil},
		{"NoText", "250\r\n", 250, "", nil},
		{"NoTextWithSpace", "250 \r\n", 250, "", nil},
		{"BareLF", "250 ok\n", 250, "ok", nil},
		{"NULAndEightBit", "550 a\x00\xffb\r\n", 550, "a\x00\xffb", nil},
		{"LongLine", "250 " + long + "\r\n", 250, long, nil},
		{"TwoCodes", "250-a\r\n550 b\r\n", 0, "", errGarbled},
		{"Letters", "OK fine\r\n", 0, "", errGarbled},
		{"NoSeparator", "250ok\r\n", 0, "", errGarbled},
		{"TooShort", "25\r\n", 0, "", errGarbled},
		{"Empty", "\r\n", 0, "", errGarbled},
		{"FirstDigit", "150 ok\r\n", 0, "", errGarbled},
		{"LastDigit", "25x ok\r\n", 0, "", errGarbled},
		{"Ended", "250-a\r\n", 0, "", io.EOF},
		{"CutOff", "250 o", 0, "", io.EOF},
		{"Nothing", "", 0, "", io.EOF},
		{"HundredLines", strings.Repeat("250-a\r\n", 99) + "250 a\r\n", 250, strings.TrimSpace(strings.Repeat("a\n", 100)), nil},
		{"HundredAndOneLines", strings.Repeat("250-a\r\n", 100) + "250 a\r\n", 0, "", errReplyTooLong},
		{"EightKiB", "250 " + strings.Repeat("x", 8<<10-6) + "\r\n", 250, strings.Repeat("x", 8<<10-6), nil},
		{"OverEightKiB", "250 " + strings.Repeat("x", 8<<10-5) + "\r\n", 0, "", errReplyTooLong},
		{"OverEightKiBInLines", strings.Repeat("250-"+long+"\r\n", 2), 0, "", errReplyTooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			code, text, err := readReply(bufio.NewReader(iotest.OneByteReader(strings.NewReader(tt.wire))))
			if code != tt.code || text != tt.text || !errors.Is(err, tt.err) {
				t.Errorf("got %d %q, %v", code, text, err)
			}
		})
	}
}

// endless is a relay that never stops talking.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	for i := range p {
		p[i] = '2'
	}
	return len(p), nil
}

func TestReadReplyTakesLittleOfAnEndlessLine(t *testing.T) {
	t.Parallel()
	e := &endless{}
	if _, _, err := readReply(bufio.NewReader(e)); !errors.Is(err, errReplyTooLong) {
		t.Errorf("error is %v", err)
	}
	if e.read > 4*maxReplyBytes {
		t.Errorf("%d bytes were read", e.read)
	}
}

func TestUnderstand(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name           string
		code           int
		text           string
		enhanced, want string
	}{
		{"Plain", 550, "5.1.1 no such user", "5.1.1", "no such user"},
		{"OnlyTheCode", 550, "5.1.1", "5.1.1", ""},
		{"None", 550, "no such user", "", "no such user"},
		{"AddressLaterInTheText", 550, "client 5.188.10.3 rejected", "", "client 5.188.10.3 rejected"},
		{"AddressAtTheBeginning", 550, "5.188.10.3 is blocked", "", "5.188.10.3 is blocked"},
		{"CodeLaterInTheText", 550, "said 5.1.1 once", "", "said 5.1.1 once"},
		{"FourDigits", 550, "5.1.1111 x", "", "5.1.1111 x"},
		{"OtherClass", 550, "4.7.1 odd", "", "odd"},
		{"SecondLine", 450, "sorry\n4.7.1 greylisted", "4.7.1", "sorry greylisted"},
		{"BothLines", 450, "4.7.1 a\n4.7.1 b", "4.7.1", "a b"},
		{"Comma", 550, "5.1.1, no", "", "5.1.1, no"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want := drip.Reply{Phase: drip.PhaseRcpt, Code: tt.code, Enhanced: tt.enhanced, Text: tt.want}
			if diff := cmp.Diff(want, understand(drip.PhaseRcpt, tt.code, tt.text)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestScrub(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"<ann@example.org>: unknown", "<address>: unknown"},
		{"RCPT TO:<ann@example.org> failed", "RCPT TO:<address> failed"},
		{"user ann.o'neil+x@example.org is gone", "user <address> is gone"},
		{`"ann smith"@example.org unknown`, "<address> unknown"},
		{"(ann@example.org)", "(<address>)"},
		{"ann@[192.0.2.1] unknown", "<address> unknown"},
		{"see https://x.example/?u=ann%40example.org now", "see https:<address> now"},
		{"bounce+ann=example.org@example.net", "<address>"},
		{"grüße@exämple.org weg", "<address> weg"},
		{"[ann@example.org] [bob@example.org]", "[<address>] [<address>]"},
		{"a\r\nb\tc\x00d\x1b[31m\u202e e", "a b c d [31m e"},
		{"  much   space ", "much space"},
		{"bytes \xff\xfe here", "bytes here"},
		{"nothing to hide", "nothing to hide"},
	}
	for _, tt := range tests {
		if got := scrub(tt.in); got != tt.want {
			t.Errorf("scrub(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	if got := scrub(strings.Repeat("é", 150)); len(got) > maxText || !utf8.ValidString(got) || len(got) < maxText-3 {
		t.Errorf("clipped to %d bytes: %q", len(got), got)
	}
}

func FuzzReadReply(f *testing.F) {
	f.Add("250 ok\r\n")
	f.Add("550-5.1.1 <a@b>\r\n550 5.1.1 x\r\n")
	f.Add("250-\r\n25")
	f.Fuzz(func(t *testing.T, wire string) {
		code, text, err := readReply(bufio.NewReader(strings.NewReader(wire)))
		if err != nil {
			if code != 0 || text != "" {
				t.Fatalf("%d %q with error %v", code, text, err)
			}
			return
		}
		if code < 200 || code > 599 {
			t.Fatalf("code %d", code)
		}
		r := understand(drip.PhaseRcpt, code, text)
		if len(r.Text) > maxText || !utf8.ValidString(r.Text) || strings.ContainsAny(r.Text, "\r\n\x00") {
			t.Fatalf("text %q", r.Text)
		}
		if emailAddress.MatchString(strings.ReplaceAll(r.Text, "<address>", "")) {
			t.Fatalf("text %q has an address", r.Text)
		}
	})
}
