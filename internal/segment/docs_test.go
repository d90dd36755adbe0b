package segment

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The examples of the page are run: its people are made of its first table, and
// whom each filter of the second one selects is compared.
func TestExamplesOfThePage(t *testing.T) {
	t.Parallel()
	page := readPage(t)
	tables := tablesOf(page)
	people := peopleOf(t, tables[0])
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	view := View{Now: time.Date(2026, 11, 29, 12, 0, 0, 0, london), Zone: london}
	if len(people) != 4 || len(tables[1]) < 30 {
		t.Fatalf("the page has %d people and %d examples", len(people), len(tables[1]))
	}
	for _, row := range tables[1][1:] {
		f, err := Parse(strings.Trim(row[0], "`"))
		if err != nil {
			t.Errorf("%s: %v", row[0], err)
			continue
		}
		var selected []string
		for i, who := range people {
			if f.Match(&who, view) {
				selected = append(selected, tables[0][0][i+1])
			}
		}
		if got := strings.Join(selected, ", "); got != row[1] {
			t.Errorf("%s selects %s; the page says %s", row[0], got, row[1])
		}
	}
}

// What the page shows of an error is what is said.
func TestErrorOfThePage(t *testing.T) {
	t.Parallel()
	m := regexp.MustCompile(`(?s)--filter '([^']+)'\npartwork: (.*?)\n(    .*?)\x60\x60\x60`).FindStringSubmatch(readPage(t))
	if m == nil {
		t.Fatal("the page shows no error")
	}
	_, err := Parse(m[1])
	var fault *Error
	if !errors.As(err, &fault) || err.Error() != m[2] || indented(fault.Caret()) != m[3] {
		t.Errorf("the page shows\n%s\n%s\nit is\n%v\n%s", m[2], m[3], err, indented(fault.Caret()))
	}
}

// Each field is explained, and each explained field exists.
func TestFieldsOfThePage(t *testing.T) {
	t.Parallel()
	var listed []string
	for _, row := range tablesOf(readPage(t))[2][1:] {
		for _, m := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(row[0], -1) {
			listed = append(listed, m[1])
		}
	}
	slices.Sort(listed)
	names := fieldNames()
	slices.Sort(names)
	if !slices.Equal(listed, names) {
		t.Errorf("the page explains %v, the fields are %v", listed, names)
	}
}

func readPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/FILTERS.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func indented(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") + "\n" }

// tablesOf returns the tables of a page, each with its rows of cells; the line below the
// headings is left out.
func tablesOf(page string) (tables [][][]string) {
	inside := false
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, "|") { // those of the grammar are indented
			inside = false
			continue
		}
		if !inside {
			tables, inside = append(tables, nil), true
		}
		if strings.HasPrefix(line, "|---") {
			continue
		}
		var row []string
		for _, cell := range strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|") {
			row = append(row, strings.TrimSpace(cell))
		}
		last := len(tables) - 1
		tables[last] = append(tables[last], row)
	}
	return tables
}

// peopleOf makes people of a table with a column for each.
func peopleOf(t *testing.T, table [][]string) []Facts {
	t.Helper()
	people := make([]Facts, len(table[0])-1)
	for _, row := range table[1:] {
		for i := range people {
			cell := row[i+1]
			who := &people[i]
			switch row[0] {
			case "address":
				who.Email = cell
			case "zone":
				who.Zone = cell
			case "tags":
				who.Tags = parts(cell)
			case "attributes":
				who.Attributes = map[string]any{}
				for _, part := range parts(cell) {
					key, value, _ := strings.Cut(part, ": ")
					who.Attributes[key] = attribute(value)
				}
			case "was sent":
				for _, part := range parts(cell) {
					name, day, _ := strings.Cut(part, " on ")
					campaign, issue, _ := strings.Cut(name, "/")
					who.Sent = append(who.Sent, Sent{campaign, issue, noon(t, day)})
				}
			default:
				if cell == "suppressed" {
					who.Suppressed = true
				} else if list := parts(cell); len(list) > 0 {
					part := Part{Campaign: row[0], State: list[0]}
					if len(list) > 1 {
						part.JoinedAt = noon(t, strings.TrimPrefix(list[1], "joined "))
					}
					who.Parts = append(who.Parts, part)
				}
			}
		}
	}
	return people
}

func parts(cell string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, ", ")
}

func attribute(text string) any {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n
	}
	if b, err := strconv.ParseBool(text); err == nil {
		return b
	}
	return text
}

func noon(t *testing.T, day string) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return at.Add(12 * time.Hour)
}
