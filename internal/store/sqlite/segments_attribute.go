package sqlite

import (
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
	for _, v := range t.Values {
		sql, args := c.arm(t, v, kind)
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

// arm returns the comparison of a value x of a type of JSON with one value of the test;
// it is empty if there is nothing to compare.
func (c *condition) arm(t segment.Test, v segment.Value, kind string) (sql string, args []any) {
	text := kind == "text"
	switch v.Kind {
	case segment.Decimal:
		switch {
		case kind == "integer", kind == "real":
			return `x ` + compared(t.Op) + ` ?`, []any{v.Number}
		case text:
			return `CASE WHEN ` + isNumberText + ` THEN CAST(x AS REAL) ` + compared(t.Op) + ` ? ELSE 0 END`, []any{v.Number}
		}
	case segment.Bool:
		word := map[bool]string{true: "true", false: "false"}[v.True]
		switch {
		case kind == word:
			return `1`, nil
		case text:
			return `LOWER(x) = ?`, []any{word}
		}
	case segment.Day, segment.Today, segment.Age:
		if text {
			return c.days(t, v)
		}
	case segment.String:
		switch {
		case text && t.Op == segment.Contains:
			return `INSTR(LOWER(x), LOWER(?)) > 0`, []any{v.Text}
		case text:
			return `LOWER(x) = LOWER(?)`, []any{v.Text}
		}
	}
	return "", nil
}

// days compares the day that a text begins with.
func (c *condition) days(t segment.Test, v segment.Value) (string, []any) {
	var sql strings.Builder
	var args []any
	sql.WriteString(isDayText)
	from, to := t.Dates(c.view, v)
	if from != "" {
		sql.WriteString(` AND SUBSTR(x, 1, 10) >= ?`)
		args = append(args, from)
	}
	if to != "" {
		sql.WriteString(` AND SUBSTR(x, 1, 10) < ?`)
		args = append(args, to)
	}
	return `(` + sql.String() + `)`, args
}
