package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/valid/*.yml", "testdata/invalid/*.yml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > maxFile {
			return
		}
		c, err := load("partwork.yaml", "/srv", text, nil)
		if err == nil {
			if c.SMTP.Connections < 1 || !filepath.IsAbs(c.StateDir) || c.SMTP.Timeouts.Final < time.Second {
				t.Fatalf("an invalid configuration was accepted: %+v", c)
			}
			return
		}
		var findings Findings
		if !errors.As(err, &findings) || c != nil {
			t.Fatalf("Load = %v, %v", c, err)
		}
		for _, finding := range findings {
			if line := finding.String(); strings.ContainsAny(line, "\r\n\x00\x1b") || finding.Message == "" || finding.Fix == "" {
				t.Fatalf("finding %q", line)
			}
		}
	})
}

// Whatever a password does to the syntax, no finding shows it.
func TestNoSyntaxErrorShowsAPassword(t *testing.T) {
	t.Parallel()
	signs := []string{""}
	for c := ' '; c <= '~'; c++ {
		signs = append(signs, string(c), string(c)+string(c), string(c)+" ")
	}
	for _, before := range signs {
		for _, after := range []string{"", `"`, "'", ":", ": x", "}", " #", "|", "\t", "\n x", "\\"} {
			text := "smtp:\n  username: u\n  password: " + before + "hunter2" + after + "\n  rate: -1\n"
			if _, err := load("partwork.yaml", "/srv", []byte(text), nil); err == nil || strings.Contains(err.Error(), "hunter2") {
				t.Fatalf("%s\ngives: %v", text, err)
			}
		}
	}
}

// A hostile file does not reach the parser, whose time and memory would grow with the
// square of its size.
func TestLoadIsBounded(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{
		"- ", "[", "{", "? ", "a: {", "a: [", "&a ", "*a ", "!!str ", `"`, "a:\n", "a: 1\n", "%", ": ", "- a\n", "<<: ", "---\n", "{a: 1}, ",
	} {
		text := []byte(strings.Repeat(unit, maxFile/8/len(unit)))
		if _, err := load("partwork.yaml", "/srv", text, nil); err == nil || !strings.Contains(err.Error(), "far more keys") {
			t.Errorf("%q repeated reached the parser: %.200v", unit, err)
		}
	}
	for _, unit := range []string{"'", "|", "\n", "\t", "#", "x ", "\r"} {
		text := []byte(strings.Repeat(unit, maxFile))
		if _, err := load("partwork.yaml", "/srv", text, nil); err != nil && len(err.Error()) > 500 {
			t.Errorf("%q repeated gives %d bytes of findings", unit, len(err.Error()))
		}
	}
}
