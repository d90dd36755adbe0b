package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

var shellBlock = regexp.MustCompile("(?ms)^ *```sh\n(.*?)^ *```$")

// docSteps runs a block of commands of a page as a shell would, one that ends at
// the first error: docsteps RESTORE.md 2. The places /mnt are in the working
// directory.
func docSteps(ts *testscript.TestScript, _ bool, args []string) {
	page, err := os.ReadFile(filepath.Join(ts.Getenv("TESTDATA"), "..", "..", "..", "docs", args[0]))
	ts.Check(err)
	blocks := shellBlock.FindAllStringSubmatch(string(page), -1)
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	if n < 1 || n > len(blocks) {
		ts.Fatalf("%s has %d blocks of commands", args[0], len(blocks))
	}
	commands := strings.ReplaceAll(blocks[n-1][1], "/mnt/", ts.Getenv("WORK")+"/mnt/")
	ts.Check(ts.Exec("sh", "-eu", "-c", commands))
}
