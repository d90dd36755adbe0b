package compose

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestLayoutsThatWouldNotEnd: each of these ran for ever, or filled the memory.
func TestLayoutsThatWouldNotEnd(t *testing.T) {
	t.Parallel()
	layout, err := os.ReadFile("../../templates/" + fileHTML)
	if err != nil {
		t.Fatal(err)
	}
	var doubling strings.Builder
	for i := range 40 {
		fmt.Fprintf(&doubling, `{{define "t%d"}}{{template "t%d"}}{{template "t%d"}}{{end}}`, i, i+1, i+1)
	}
	doubling.WriteString(`{{define "t40"}}{{.Title}}{{end}}{{template "t0" .}}`)
	for name, test := range map[string]struct{ harm, says string }{
		"itself":         {`{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}`, `email/layout.html:2:25: the template "a" calls itself`},
		"each other":     {`{{define "a"}}{{template "b"}}{{end}}{{define "b"}}{{if .}}{{template "a"}}{{end}}{{end}}{{template "a"}}`, "calls itself"},
		"a number":       {"{{range 1000000000000}}{{end}}", "{{range}} is for .Attachments"},
		"a variable":     {"{{$n := 1000000000000}}{{range $n}}{{end}}", "{{range}} is for .Attachments"},
		"doubling":       {doubling.String(), "more than 20000 steps"},
		"ranges inside":  {strings.Repeat("{{range .Attachments}}", 9) + "x" + strings.Repeat("{{end}}", 9), "more than 20000 steps"},
		"a growing text": {`{{$a := "xxxxxxxx"}}` + strings.Repeat(`{{$a = printf "%s%s" $a $a}}`, 40), `the function "printf" is not for layouts`},
		"within an if":   {`{{if (eq (js "x") "y")}}{{end}}`, `the function "js" is not for layouts`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := LoadLayouts(overlay(t, fileHTML, "\n"+test.harm+string(layout)))
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("the error is %v, want %q", err, test.says)
			}
		})
	}
	if _, err := LoadLayouts(overlay(t, fileHTML, `{{define "foot"}}{{.Title}}{{end}}`+string(layout)+`{{template "foot" .}}`)); err != nil {
		t.Errorf("a layout that calls another: %v", err)
	}
}
