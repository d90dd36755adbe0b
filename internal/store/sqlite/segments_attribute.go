package sqlite

import (
	"slices"
	"strings"

	"partwork/internal/segment"
)

// The name of an attribute has no characters but a to z, 0 to 9 and "_", so that a
// path of JSON is made of it without more ado; see segment.AttributeName.
func attributePath(name string) string { return `$."` + name + `"` }

// isNumberText tells of a text x whether it is a plain decimal number, as package segment
// understands it: at most 15 digits, at most one point among them, and no zero before
// another digit.
const isNumberText = `(LTRIM(x, '-') GLOB '[0-9]*' AND LENGTH(x) - LENGTH(LTRIM(x, '-')) < 2
	AND LTRIM(x, '-') NOT GLOB '*[^0-9.]*' AND x NOT GLOB '*.*.*' AND x NOT GLOB '*.' AND LTRIM(x, '-') NOT GLOB '0[0-9]*'
	AND LENGTH(REPLACE(LTRIM(x, '-'), '.', '')) <= 15)`

// isDayText tells of a text x whether it begins with a day.
const isDayText = `(x GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' OR x GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][T ]*')`

// attribute compares an attribute by what the value of the test is.
func (c *condition) attribute(t segment.Test) {
	path := attributePath(t.Field.Name)
	if t.Op == segment.Has {
		// Of a JSON null and of what is missing, this is NULL.
		c.add(`COALESCE(JSON_EXTRACT(s.attributes, ?) <> '', 0)`, path)
		return
	}
	c.add(`COALESCE((SELECT CASE a.kind`)
	for _, kind := range []string{"integer", "real", "true", "false", "text"} {
		arms := c.arms(t, kind)
		if arms > 0 {
			c.add(`)`)
		}
	}
	c.add(` ELSE 0 END FROM (SELECT JSON_TYPE(s.attributes, ?) AS kind, JSON_EXTRACT(s.attributes, ?) AS x) a), 0)`, path, path)
}

// arms adds what a value of that type is compared with, and returns how many.
func (c *condition) arms(t segment.Test, kind string) (arms int) {
	for _, alike := range alikes(t.Values) {
		sql, args := c.arm(t, alike, kind)
		if sql == "" {
			continue
		}
		if arms == 0 {
			c.add(` WHEN '` + kind + `' THEN (`)
		} else {
			c.add(` OR `)
		}
		c.add(sql, args...)
		arms++
	}
	return arms
}

// alikes groups values by how they are compared: databases look for one of a thousand in
// a list, but not through a thousand terms.
func alikes(values []segment.Value) (groups [][]segment.Value) {
	for _, kinds := range [][]segment.ValueKind{
		{segment.Decimal}, {segment.Bool}, {segment.Day, segment.Today, segment.Age}, {segment.String},
	} {
		var alike []segment.Value
		for _, v := range values {
			if slices.Contains(kinds, v.Kind) {
				alike = append(alike, v)
			}
		}
		if len(alike) > 0 {
			groups = append(groups, alike)
		}
	}
	return groups
}

// arm returns the comparison of a value x of a type of JSON with values of the test that
// are alike; there are several only if x may be any of them. It is empty if there is nothing
// to compare.
func (c *condition) arm(t segment.Test, alike []segment.Value, kind string) (sql string, args []any) {
	text := kind == "text"
	switch first := alike[0]; first.Kind {
	case segment.Decimal:
		for _, v := range alike {
			args = append(args, v.Number)
		}
		switch {
		case kind == "integer", kind == "real":
			return `x ` + comparedAny(t.Op, len(alike)), args
		case text:
			return `CASE WHEN ` + isNumberText + ` THEN CAST(x AS REAL) ` + comparedAny(t.Op, len(alike)) + ` ELSE 0 END`, args
		}
	case segment.Bool:
		for _, v := range alike {
			word := map[bool]string{true: "true", false: "false"}[v.True]
			if kind == word {
				return `1`, nil
			}
			args = append(args, word)
		}
		if text {
			return `LOWER(x) ` + anyOf(len(alike), `?`), args
		}
	case segment.Day, segment.Today, segment.Age:
		if text {
			return c.days(t, alike)
		}
	case segment.String:
		for _, v := range alike {
			args = append(args, v.Text)
		}
		switch {
		case text && t.Op == segment.Contains:
			return `INSTR(LOWER(x), LOWER(?)) > 0`, args
		case text:
			return `LOWER(x) ` + anyOf(len(alike), `LOWER(?)`), args
		}
	}
	return "", nil
}

// anyOf returns the list that a value is looked for in.
func anyOf(n int, parameter string) string {
	return `IN (` + strings.TrimSuffix(strings.Repeat(parameter+`, `, n), `, `) + `)`
}

// comparedAny returns the comparison with one value, or with a list of equals.
func comparedAny(op segment.Op, n int) string {
	if sign := compared(op); sign != `=` {
		return sign + ` ?`
	}
	return anyOf(n, `?`)
}

// days compares the day that a text begins with.
func (c *condition) days(t segment.Test, alike []segment.Value) (string, []any) {
	const day = ` AND SUBSTR(x, 1, 10) `
	var args []any
	if compared(t.Op) == `=` {
		for _, v := range alike {
			from, _ := t.Dates(c.view, v)
			args = append(args, from)
		}
		return `(` + isDayText + day + anyOf(len(alike), `?`) + `)`, args
	}
	sql := isDayText
	from, to := t.Dates(c.view, alike[0])
	if from != "" {
		sql += day + `>= ?`
		args = append(args, from)
	}
	if to != "" {
		sql += day + `< ?`
		args = append(args, to)
	}
	return `(` + sql + `)`, args
}
