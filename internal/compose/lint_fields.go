package compose

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"partwork/internal/drip"
)

// needs reports the fields without a default: an error if one of the readers has no
// value, and otherwise a warning, because some later reader will have none.
func (r *reviewer) needs(readers []Reader) {
	told := map[string]bool{}
	for _, n := range slices.Clone(r.e.needs) {
		if told[n.path] {
			continue
		}
		field := "{{." + n.path + "}}"
		fix := fmt.Sprintf(`give a default: {{.%s | default "…"}}`, n.path)
		without := slices.IndexFunc(readers, func(p Reader) bool { return r.gets(p, n) && clean(p.field(n.path), maxValue) == "" })
		if without >= 0 {
			told[n.path] = true
			r.findings.add(drip.SeverityError, r.inFile(n.line), "merge-missing",
				fmt.Sprintf("%s has no default, and the persona %s has no such value", field, readers[without].label()), fix)
		}
	}
	for _, n := range r.e.needs {
		if told[n.path] {
			continue
		}
		told[n.path] = true
		r.findings.add(drip.SeverityWarning, r.inFile(n.line), "merge-default",
			fmt.Sprintf("{{.%s}} has no default; readers without that value cannot be sent this issue", n.path),
			fmt.Sprintf(`give a default: {{.%s | default "…"}}`, n.path))
	}
}

// gets reports whether a reader gets the branch that a field stands in.
func (r *reviewer) gets(p Reader, n need) bool {
	return n.condition < 0 || r.holds(p, n.condition) == n.holds
}

// holds reports whether a condition holds for a reader.
func (r *reviewer) holds(p Reader, slot int) bool {
	sl := &r.e.slots[slot]
	return sl.verdict(clean(p.field(sl.path), maxValue)) != ""
}

// inFile turns a line of the body into one of the file; 0 stays.
func (r *reviewer) inFile(line int) int {
	if line > 0 {
		line += r.line
	}
	return line
}

// strangers reports attributes that none of the readers has: mostly a slip of the
// pen, which a default would hide from everybody for ever.
func (r *reviewer) strangers(readers []Reader) {
	if len(readers) == 0 {
		return
	}
	for _, path := range r.e.fields {
		attribute, ok := strings.CutPrefix(path, fieldSubscriber)
		needed := slices.ContainsFunc(r.e.needs, func(n need) bool { return n.path == path })
		if needed || !ok || path == fieldName || path == fieldEmail || path == fieldTimezone {
			continue
		}
		known := []string{"Name", "Email", "Timezone"}
		for _, p := range readers {
			known = slices.AppendSeq(known, maps.Keys(p.Attributes))
		}
		if slices.Contains(known, attribute) {
			continue
		}
		slices.Sort(known)
		r.findings.add(drip.SeverityWarning, 0, "merge-stranger",
			fmt.Sprintf("{{.%s}} is asked for, but no persona has a %q", path, attribute),
			"what they have is "+strings.Join(slices.Compact(known), ", ")+"; correct the name, or give it to a persona in personas.yaml")
	}
}

// branches reports texts that none of the readers gets, so that nobody reads them
// before they are sent.
func (r *reviewer) branches(readers []Reader) {
	if len(readers) == 0 {
		return
	}
	for _, cond := range r.e.conditions {
		for _, holds := range []bool{true, false} {
			what := cond.text
			if !holds {
				what = "{{else}} of " + cond.text
			}
			unread := !slices.ContainsFunc(readers, func(p Reader) bool { return r.holds(p, cond.slot) == holds })
			if unread && (holds || cond.turned) {
				r.findings.add(drip.SeverityWarning, r.inFile(cond.line), "branch",
					fmt.Sprintf("no persona gets the text after %s, so no preview shows it", what),
					"add a persona who does to personas.yaml")
			}
		}
	}
}

// wanderers are made-up readers who, one by one, take every branch of every
// condition, and are otherwise as the first reader.
func (r *reviewer) wanderers(readers []Reader) []Reader {
	var base Reader
	if len(readers) > 0 {
		base = readers[0]
	}
	var out []Reader
	for _, cond := range r.e.conditions {
		sl := &r.e.slots[cond.slot]
		for _, value := range []string{"", "x", sl.want} {
			out = append(out, base.with(sl.path, value))
		}
	}
	return out
}

// with returns the reader with another value.
func (r Reader) with(path, value string) Reader {
	switch path {
	case fieldName:
		r.Name = value
	case fieldTimezone:
		r.Timezone = value
	default:
		r.Attributes = maps.Clone(r.Attributes)
		if r.Attributes == nil {
			r.Attributes = map[string]string{}
		}
		r.Attributes[strings.TrimPrefix(path, fieldSubscriber)] = value
	}
	return r
}
