package cli_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/rogpeppe/go-internal/testscript"

	"partwork/internal/cli"
	"partwork/internal/testkit"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"partwork": func() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs testdata/script. Every script has an SMTP relay of its own,
// which the configuration's environment points at, and two free ports for the
// pages. A file relay.hold or relay.silent in a script makes the relay wait for
// ever, or hang up, at the end of a message.
//
// The race detector is spared them: what runs beside something else in a command is the
// application's, and has tests there; starting a watched process for each of hundreds of
// commands takes most of the time.
func TestScripts(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               func(env *testscript.Env) error { return setUp(t, env) },
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "project": project, "json": jsonValue, "jsonkeys": jsonKeys,
			"awaitmail": awaitMail, "awaithttp": awaitHTTP, "awaitheld": awaitHeld, "awaitlog": awaitLog, "awaitstatus": awaitStatus,
			"mail": mailBody, "post": post, "docsteps": docSteps, "sigterm": sigterm, "sigkill": sigkill, "mode": mode, "envelope": envelope,
		},
	})
}

func setUp(t *testing.T, env *testscript.Env) error {
	relay := testkit.Start(t, relayScript(env.WorkDir))
	env.Values[relayKey{}] = relay
	testdata, err := filepath.Abs("testdata")
	if err != nil {
		return err
	}
	public, private := freePort(), freePort()
	for name, value := range map[string]string{
		"TESTDATA":                testdata,
		"PARTWORK_SMTP_PORT":      strconv.Itoa(relay.Port()),
		"PARTWORK_LISTEN":         fmt.Sprintf("127.0.0.1:%d", public),
		"PARTWORK_LISTEN_PRIVATE": fmt.Sprintf("127.0.0.1:%d", private),
		"PARTWORK_PUBLIC_URL":     fmt.Sprintf("http://127.0.0.1:%d", public),
		"PUBLIC":                  fmt.Sprintf("http://127.0.0.1:%d", public),
		"PRIVATE":                 fmt.Sprintf("http://127.0.0.1:%d", private),
		"PREVIEW":                 fmt.Sprintf("127.0.0.1:%d", freePort()),
		"INBOX_PORT":              strconv.Itoa(freePort()),
		"IN_A_MONTH":              time.Now().AddDate(0, 1, 0).Format(time.DateOnly),
		// The race detector has each process that it watches sleep a second at its end.
		"GORACE": "atexit_sleep_ms=0",
	} {
		env.Setenv(name, value)
	}
	return nil
}

// relayScript refuses the recipient refused@… and defers deferred@….
func relayScript(dir string) testkit.Script {
	rules := []testkit.Rule{
		{At: testkit.AtRcpt, Arg: "refused@", Do: []testkit.Step{testkit.Say("550 5.1.1 no such mailbox")}},
		{At: testkit.AtRcpt, Arg: "deferred@", Do: []testkit.Step{testkit.Say("451 4.2.1 mailbox busy")}},
	}
	if has(dir, "relay.hold") {
		rules = append(rules, testkit.Rule{At: testkit.AtFinal, Do: []testkit.Step{testkit.Hold(testkit.NewGate())}})
	}
	if has(dir, "relay.silent") {
		rules = append(rules, testkit.Rule{At: testkit.AtFinal, Do: []testkit.Step{testkit.Drop()}})
	}
	return testkit.Script{Rules: rules}
}

func has(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// nextPort counts through ports below those that the system gives out by
// itself, so that scripts which run at once never get the same.
var nextPort atomic.Int64

func freePort() int {
	for {
		port := 20000 + int(int64(os.Getpid())*97+nextPort.Add(1))%12000
		if ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			_ = ln.Close()
			return port
		}
	}
}
