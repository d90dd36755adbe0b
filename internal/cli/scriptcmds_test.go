package cli_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"partwork/internal/testkit"
)

// patience bounds how long a script waits for what should happen at once.
const patience = 30 * time.Second

type relayKey struct{}

func relayOf(ts *testscript.TestScript) *testkit.Relay { return ts.Value(relayKey{}).(*testkit.Relay) }

// exits runs a program that must end with a status: exits 2 partwork …
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, expected %d\n%s%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// project copies testdata/project into the working directory.
func project(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(os.CopyFS(ts.MkAbs("."), os.DirFS(ts.Getenv("TESTDATA")+"/project")))
}

// document parses the standard output of the latest command.
func document(ts *testscript.TestScript, path string) any {
	var doc any
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	dec.UseNumber()
	if err := dec.Decode(&doc); err != nil {
		ts.Fatalf("standard output is no JSON: %v", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		ts.Fatalf("there is more than one document on standard output")
	}
	for step := range strings.SplitSeq(path, ".") {
		if step == "" {
			continue
		}
		switch v := doc.(type) {
		case map[string]any:
			doc = v[step]
		case []any:
			if i, err := strconv.Atoi(step); err == nil && i < len(v) {
				doc = v[i]
				continue
			}
			if step == "length" {
				doc = len(v)
				continue
			}
			ts.Fatalf("there is no element %s", step)
		default:
			ts.Fatalf("%q leads nowhere", path)
		}
	}
	return doc
}

// jsonValue compares a value of the document: json 0.state sent
func jsonValue(ts *testscript.TestScript, neg bool, args []string) {
	got := fmt.Sprint(document(ts, args[0]))
	if (got == strings.Join(args[1:], " ")) == neg {
		ts.Fatalf("%s is %q", args[0], got)
	}
}

// jsonKeys checks that an object has keys: jsonkeys 0 file line
func jsonKeys(ts *testscript.TestScript, _ bool, args []string) {
	path := strings.TrimPrefix(args[0], ".")
	object, ok := document(ts, path).(map[string]any)
	if !ok {
		ts.Fatalf("%q is no object", args[0])
	}
	for _, key := range args[1:] {
		if _, ok := object[key]; !ok {
			ts.Fatalf("the key %q is missing", key)
		}
	}
}

// until asks again and again whether something holds.
func until(ts *testscript.TestScript, what string, holds func() bool) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			ts.Fatalf("it never came to this: %s", what)
		}
	}
}

// awaitMail waits until the relay has taken that many messages.
func awaitMail(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	until(ts, args[0]+" messages at the relay", func() bool { return len(relayOf(ts).Accepted()) >= want })
}

// awaitHeld waits until a whole message lies unanswered at the relay.
func awaitHeld(ts *testscript.TestScript, _ bool, _ []string) {
	until(ts, "a message that waits for its reply", func() bool {
		for _, tx := range relayOf(ts).Transactions() {
			if tx.Complete {
				return true
			}
		}
		return false
	})
}

// awaitHTTP waits until a page answers with a status, or not at all:
// awaithttp 200 URL, awaithttp none URL
func awaitHTTP(ts *testscript.TestScript, _ bool, args []string) {
	until(ts, args[1]+" answers "+args[0], func() bool {
		response, err := http.Get(args[1])
		if err != nil {
			return args[0] == "none"
		}
		_ = response.Body.Close()
		return strconv.Itoa(response.StatusCode) == args[0]
	})
}

// awaitLog waits until `partwork log` shows a pattern.
func awaitLog(ts *testscript.TestScript, _ bool, args []string) { awaitWords(ts, "log", args[0]) }

// awaitStatus waits until `partwork status` shows a pattern.
func awaitStatus(ts *testscript.TestScript, _ bool, args []string) { awaitWords(ts, "status", args[0]) }

func awaitWords(ts *testscript.TestScript, command, words string) {
	pattern := regexp.MustCompile(words)
	until(ts, command+" shows "+words, func() bool {
		return ts.Exec("partwork", command) == nil && pattern.MatchString(ts.ReadFile("stdout"))
	})
}

// mailBody writes the body of the numbered message to a file: mail 1 FILE
func mailBody(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	accepted := relayOf(ts).Accepted()
	if n > len(accepted) {
		ts.Fatalf("the relay took %d messages only", len(accepted))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), accepted[n-1].Body, 0o600))
}

// envelope sets a variable to the envelope sender of the numbered message, and another
// to the same in capitals: envelope 1 NAME sets NAME and NAME_IN_CAPITALS
func envelope(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	accepted := relayOf(ts).Accepted()
	if n > len(accepted) {
		ts.Fatalf("the relay took %d messages only", len(accepted))
	}
	ts.Setenv(args[1], accepted[n-1].From)
	ts.Setenv(args[1]+"_IN_CAPITALS", strings.ToUpper(accepted[n-1].From))
}

var unfold = strings.NewReplacer("=\r\n", "", "=3D", "=")

// post presses the button behind the first link below a path that a message
// has: post FILE /c/
func post(ts *testscript.TestScript, _ bool, args []string) {
	text := unfold.Replace(ts.ReadFile(args[0]))
	link := regexp.MustCompile(regexp.QuoteMeta(ts.Getenv("PUBLIC")+args[1]) + `[A-Za-z0-9_-]+`).FindString(text)
	if link == "" {
		ts.Fatalf("there is no link below %s in %s", args[1], args[0])
	}
	response, err := http.PostForm(link, nil)
	ts.Check(err)
	_ = response.Body.Close()
	if response.StatusCode/100 != 2 {
		ts.Fatalf("the page answered %s", response.Status)
	}
}

// sigterm sends SIGTERM to everything that runs in the background.
func sigterm(ts *testscript.TestScript, _ bool, _ []string) {
	for _, cmd := range ts.BackgroundCmds() {
		ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	}
}

// sigkill ends everything that runs in the background at once.
func sigkill(ts *testscript.TestScript, _ bool, _ []string) {
	for _, cmd := range ts.BackgroundCmds() {
		ts.Check(cmd.Process.Kill())
	}
}

// mode checks the permissions of a file: mode 0700 data
func mode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[0] {
		ts.Fatalf("%s has mode %s, expected %s", args[1], got, args[0])
	}
}
