//go:build unix

package twin

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a life may take to come to its end, or a command.
const patience = time.Minute

// life is one process that serves, from its start to its death.
type life struct {
	cmd  *exec.Cmd
	born time.Time
	died chan error

	mu   sync.Mutex
	dead bool
	// left is what it found in hand of those before, and takenOver when it had
	// taken that over; zero if there was nothing.
	left      takeover
	takenOver time.Time
	serving   bool
	said      []string // the latest lines of its log
}

// takeover is what a life found in hand of those before: claims to plan again, and
// messages on their way.
type takeover struct {
	Claims  int `json:"claims"`
	Unknown int `json:"unknown"`
}

// start begins a life, under the words of wrapper if there are any.
func (p *project) start(t *testing.T, wrapper ...string) *life {
	t.Helper()
	l := &life{cmd: p.command(context.Background(), append(wrapper, p.binary, "serve")...), died: make(chan error, 1)}
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stderr, err := l.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	l.born = time.Now()
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.signal(syscall.SIGKILL) })
	go func() {
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			l.heard(lines.Text())
		}
		err := l.cmd.Wait()
		l.mu.Lock()
		l.dead = true // its number may be given to somebody else from now on
		l.mu.Unlock()
		l.died <- err
	}()
	return l
}

// heard reads a line of the log.
func (l *life) heard(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said[max(0, len(l.said)-20):], line)
	var entry struct {
		Msg string `json:"msg"`
		takeover
	}
	if json.Unmarshal([]byte(line), &entry) != nil {
		return
	}
	l.serving = l.serving || entry.Msg == "serving"
	if entry.takeover != (takeover{}) {
		l.takenOver, l.left = time.Now(), entry.takeover
	}
}

// signal reaches the process and, if it runs under a wrapper, both.
func (l *life) signal(s syscall.Signal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.dead {
		_ = syscall.Kill(-l.cmd.Process.Pid, s)
	}
}

// kill is death without warning.
func (l *life) kill() { l.signal(syscall.SIGKILL) }

// end waits for the death, and returns how it died: "killed", or the exit status.
func (l *life) end(t *testing.T) string {
	t.Helper()
	select {
	case err := <-l.died:
		return l.how(err)
	case <-time.After(patience):
		l.kill()
		t.Fatalf("a life never came to its end; it said\n%s", l.words())
		return ""
	}
}

func (l *life) how(err error) string {
	status, ok := l.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
		return "killed"
	}
	if err == nil {
		return "exit status 0"
	}
	return err.Error()
}

func (l *life) words() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.said, "\n")
}

// found returns what it found in hand, and when it had taken it over.
func (l *life) found() (takeover, time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.left, l.takenOver
}

// served reports whether it got as far as to serve.
func (l *life) served() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.serving
}

// traced returns the words that kill a process when one of its threads is about to
// make its n-th system call of one of some kinds, separated by commas.
func traced(calls string, n int) []string {
	return []string{
		"strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + calls, fmt.Sprintf("--inject=%s:signal=KILL:when=%d", calls, n),
	}
}
