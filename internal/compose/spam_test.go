package compose

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"partwork/internal/testkit"
)

// maxSpamScore is what a shipped issue may collect. SpamAssassin calls spam what
// has 5; issues that people write get nowhere near.
const maxSpamScore = 0.5

// judge runs SpamAssassin's own rules, without the network, over the messages whose
// files follow the folder for its state, and writes a verdict for each, one a line
// in JSON.
const judge = `
use strict; use warnings; use JSON::PP; use Mail::SpamAssassin;
my $state = shift @ARGV;
my $sa = Mail::SpamAssassin->new({ local_tests_only => 1, dont_copy_prefs => 1, userprefs_filename => "/dev/null",
    userstate_dir => $state, home_dir_for_helpers => $state });
$sa->compile_now(0);
my $json = JSON::PP->new->canonical->latin1;
for my $file (@ARGV) {
    open my $in, "<:raw", $file or die "$file: $!";
    my $message = $sa->parse(do { local $/; <$in> });
    my $verdict = $sa->check($message);
    my $rules = $verdict->get_names_of_tests_hit_with_scores_hash;
    print $json->encode({ score => 0 + $verdict->get_score, rules => { map { $_ => 0 + $rules->{$_} } keys %$rules } }), "\n";
    $verdict->finish; $message->finish;
}
`

// verdict is what SpamAssassin says.
type verdict struct {
	Score float64            `json:"score"`
	Rules map[string]float64 `json:"rules"`
}

// against is the sum of what speaks against a message. What speaks for it, such as
// being bulk mail that says so, does not make up for that.
func (v verdict) against() (sum float64) {
	for _, score := range v.Rules {
		sum += max(0, score)
	}
	return sum
}

// perl returns an interpreter with SpamAssassin and its rules, or ends the test.
func perl(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("perl")
	if err != nil {
		testkit.Missing(t, "there is no perl to run SpamAssassin with")
	}
	if out, err := exec.Command(path, "-MMail::SpamAssassin", "-e", "1").CombinedOutput(); err != nil {
		first, _, _ := strings.Cut(string(out), "\n")
		testkit.Missing(t, "there is no SpamAssassin (install spamassassin): "+first)
	}
	return path
}

// scores has messages judged as they arrive: with the trace that the reader's own
// server puts on top.
func scores(t testing.TB, raws [][]byte) []verdict {
	t.Helper()
	dir := t.TempDir()
	args := []string{"-e", judge, dir}
	for i, raw := range raws {
		file := filepath.Join(dir, fmt.Sprintf("%03d.eml", i))
		trace := "Received: from mail.example.org (mail.example.org [2001:db8::7])\r\n\tby mx.example.net (Postfix) with ESMTPS id 4XyZ\r\n" +
			"\tfor <reader@example.net>; " + stamp.Date.Format("Mon, 02 Jan 2006 15:04:05 -0700") + "\r\n"
		if err := os.WriteFile(file, append([]byte(trace), raw...), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	cmd := exec.Command(perl(t), args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	var all []verdict
	for line := range strings.Lines(string(out)) {
		var v verdict
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all = append(all, v)
	}
	if len(all) != len(raws) {
		t.Fatalf("SpamAssassin judged %d of %d messages\n%s", len(all), len(raws), &stderr)
	}
	return all
}

// advertisement is what nobody should mistake for a letter.
const advertisement = "From: \"Dr. Best\" <best@example.org>\r\nTo: <reader@example.net>\r\nSubject: CHEAP VIAGRA!!! 100% FREE\r\n" +
	"Message-ID: <1234567890abcdef@example.org>\r\nDate: Tue, 24 Mar 2026 09:00:00 +0000\r\n\r\n" +
	"Dear friend, buy viagra now, save up to 90%! You have won MILLION DOLLARS, click here. Risk free!\r\n"

// TestShippedMessagesAreNoSpam has SpamAssassin judge every issue that ships, and
// the confirmations. That it knows its rules, an advertisement shows.
func TestShippedMessagesAreNoSpam(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	perl(t)
	names, raws := []string{"an advertisement"}, [][]byte{[]byte(advertisement)}
	anna := persona{Law: "Anna", Name: "Anna Fischer", Email: addr("anna@example.net")}
	for _, p := range press(t) {
		names, raws = append(names, p.name()), append(raws, p.send(t, anna, nil).Bytes)
	}
	all := scores(t, raws)
	if all[0].against() < 2 {
		t.Errorf("an advertisement has %.1f against it; are the rules there? %v", all[0].against(), all[0].Rules)
	}
	for i, v := range all[1:] {
		t.Logf("%s: %.1f", names[i+1], v.Score)
		if v.against() > maxSpamScore {
			t.Errorf("%s has %.1f against it, want at most %.1f: %v", names[i+1], v.against(), maxSpamScore, v.Rules)
		}
	}
}
