package sqlite

import (
	"slices"
	"strings"

	"partwork/internal/drip"
	"partwork/internal/segment"
)

// This file makes SQL of filters. Every text in it is one of ours: what people wrote
// is a parameter, also the name of an attribute. Each condition is 1 or 0 and never
// NULL, so that NOT turns it around as package segment says it does.

// condition is a text with its parameters.
type condition struct {
	sql  strings.Builder
	args []any
	view segment.View
	// tagged says how many people have a tag, up to one more than few.
	tagged map[string]int
}

// add appends to the text, and to the parameters.
func (c *condition) add(sql string, args ...any) {
	c.sql.WriteString(sql)
	c.args = append(c.args, args...)
}

// all adds the condition that all of that is true of the subscriber s.
func (c *condition) all(terms []segment.Node) {
	if len(terms) == 0 {
		c.add(`1 = 1`)
		return
	}
	c.chain(terms, ` AND `)
}

func (c *condition) node(n segment.Node) {
	switch n := n.(type) {
	case segment.And:
		c.chain(n.Terms, ` AND `)
	case segment.Or:
		c.chain(n.Terms, ` OR `)
	case segment.Not:
		c.add(`NOT `)
		c.group(n.Term)
	case segment.Test:
		c.test(n)
	}
}

func (c *condition) chain(terms []segment.Node, between string) {
	for i, term := range terms {
		if i > 0 {
			c.add(between)
		}
		c.group(term)
	}
}

func (c *condition) group(n segment.Node) {
	c.add(`(`)
	c.node(n)
	c.add(`)`)
}

// test adds the condition of one test.
func (c *condition) test(t segment.Test) {
	switch t.Op {
	case segment.Ne:
		t.Op = segment.Eq
		c.add(`NOT `)
		c.group(t)
		return
	case segment.Missing:
		t.Op = segment.Has
		c.add(`NOT `)
		c.group(t)
		return
	}
	switch t.Field.Kind {
	case segment.Text:
		c.text(t, map[string]string{segment.FieldEmail: `s.email`, segment.FieldName: `s.name`, segment.FieldZone: `s.timezone`}[t.Field.Name])
	case segment.Number:
		c.number(t)
	case segment.Instant:
		c.instant(t)
	case segment.Words, segment.Series:
		c.words(t)
	default:
		c.attribute(t)
	}
}

// text compares a column that is never NULL. In LOWER only A to Z change.
func (c *condition) text(t segment.Test, column string) {
	switch {
	case t.Op == segment.Has:
		c.add(column + ` <> ''`)
	case t.Op == segment.Contains:
		c.add(`INSTR(LOWER(`+column+`), LOWER(?)) > 0`, t.Values[0].Text)
	default:
		c.add(`LOWER(`+column+`) `+anyOf(len(t.Values), `LOWER(?)`), texts(t)...)
	}
}

// number compares the number of the batch.
func (c *condition) number(t segment.Test) {
	c.add(`s.batch_id IS NOT NULL`)
	if t.Op == segment.Has {
		return
	}
	var args []any
	for _, v := range t.Values {
		args = append(args, v.Number)
	}
	c.add(` AND s.batch_id `+comparedAny(t.Op, len(args)), args...)
}

// compared returns the sign of an operator.
func compared(op segment.Op) string {
	switch op {
	case segment.Lt, segment.Le, segment.Gt, segment.Ge:
		return string(op)
	}
	return `=`
}

// span adds limits for a column that is not NULL.
func (c *condition) span(t segment.Test, column string) {
	if t.Op == segment.Has {
		return
	}
	span := t.Span(c.view)
	if !span.From.IsZero() {
		c.add(` AND `+column+` >= ?`, span.From.UnixMilli())
	}
	if !span.To.IsZero() {
		c.add(` AND `+column+` < ?`, span.To.UnixMilli())
	}
}

// instant compares points in time.
func (c *condition) instant(t segment.Test) {
	switch t.Field.Name {
	case segment.FieldAdded:
		c.add(`1 = 1`)
		c.span(t, `s.created_at`)
	case segment.FieldJoined:
		c.add(`EXISTS (SELECT 1 FROM enrollments e WHERE e.subscriber_id = s.id AND e.joined_at IS NOT NULL`)
		c.span(t, `e.joined_at`)
		c.inView()
		c.add(` AND ` + latestPart + `)`)
	case segment.FieldLastSent:
		c.add(`EXISTS (SELECT 1 FROM (
			SELECT MAX(d.sent_at) AS sent_at FROM enrollments e CROSS JOIN deliveries d ON d.enrollment_id = e.id AND d.state = 'sent'
			CROSS JOIN issues i ON i.id = d.issue_id WHERE e.subscriber_id = s.id AND i.name <> '` + drip.ConfirmationID + `'`)
		c.inView()
		c.add(`) l WHERE l.sent_at IS NOT NULL`)
		c.span(t, `l.sent_at`)
		c.add(`)`)
	}
}

// A person has few enrollments and a campaign has many, but the database does not know:
// the plus and CROSS JOIN keep it from looking through those of the campaign for each
// person.

// latestPart leaves out an enrollment e that another one of the same person in the same
// campaign came after.
const latestPart = `NOT EXISTS (
	SELECT 1 FROM enrollments n WHERE n.subscriber_id = e.subscriber_id AND +n.campaign_id = e.campaign_id AND n.id > e.id)`

// inView limits enrollments to those of the campaign in view.
func (c *condition) inView() {
	if c.view.Campaign != "" {
		c.add(` AND +e.campaign_id = (SELECT v.id FROM campaigns v WHERE v.name = ?)`, c.view.Campaign)
	}
}

// words compares what there may be several of.
func (c *condition) words(t segment.Test) {
	switch t.Field.Name {
	case segment.FieldTag:
		c.tag(t)
	case segment.FieldStatus:
		c.status(t)
	case segment.FieldHad:
		c.had(t)
	default:
		c.series(t)
	}
}

// texts returns the values of a test.
func texts(t segment.Test) (list []any) {
	for _, v := range t.Values {
		list = append(list, v.Text)
	}
	return list
}

// among adds that a column is any of the values of a test.
func (c *condition) among(column string, t segment.Test) {
	c.add(column+` `+anyOf(len(t.Values), `?`), texts(t)...)
}

// tag is a list that is made once and leads to the people, where they are few; where they
// are many, it is asked of each.
func (c *condition) tag(t segment.Test) {
	if t.Op == segment.Has {
		c.add(`EXISTS (SELECT 1 FROM subscriber_tags g WHERE g.subscriber_id = s.id)`)
		return
	}
	if slices.ContainsFunc(t.Values, func(v segment.Value) bool { return c.tagged[v.Text] > fewTagged }) {
		c.add(`EXISTS (SELECT 1 FROM subscriber_tags g WHERE g.subscriber_id = s.id AND g.tag_id IN (SELECT x.id FROM tags x WHERE `)
		c.among(`x.name`, t)
		c.add(`))`)
		return
	}
	c.add(`s.id IN (SELECT g.subscriber_id FROM subscriber_tags g WHERE g.tag_id IN (SELECT x.id FROM tags x WHERE `)
	c.among(`x.name`, t)
	c.add(`))`)
}

const suppressedNow = `(s.suppressed_at IS NOT NULL OR EXISTS (SELECT 1 FROM suppressions x WHERE x.hash = s.email_hash))`

// status looks at the states of the latest enrollments, and at the suppression.
func (c *condition) status(t segment.Test) {
	suppressed := t.Op == segment.Has
	states := segment.Test{Field: t.Field, Op: t.Op}
	for _, v := range t.Values {
		if v.Text == segment.StatusSuppressed {
			suppressed = true
			continue
		}
		states.Values = append(states.Values, v)
	}
	if suppressed {
		c.add(suppressedNow)
		if t.Op != segment.Has && len(states.Values) == 0 {
			return
		}
		c.add(` OR `)
	}
	c.add(`EXISTS (SELECT 1 FROM enrollments e WHERE e.subscriber_id = s.id`)
	if t.Op != segment.Has {
		c.add(` AND `)
		c.among(`e.state`, states)
	}
	c.inView()
	c.add(` AND ` + latestPart + `)`)
}

// series looks for the latest enrollments in campaigns by their state.
func (c *condition) series(t segment.Test) {
	c.add(`EXISTS (SELECT 1 FROM enrollments e WHERE e.subscriber_id = s.id`)
	if t.Op != segment.Has {
		c.add(` AND +e.campaign_id IN (SELECT k.id FROM campaigns k WHERE `)
		c.among(`k.name`, t)
		c.add(`)`)
	}
	if t.Field.Name == segment.FieldEnrolled {
		c.add(` AND e.state <> 'left'`)
	} else {
		c.add(` AND e.state = ?`, t.Field.Name)
	}
	c.add(` AND ` + latestPart + `)`)
}

// had looks for issues that were sent, by their id or with their campaign's.
func (c *condition) had(t segment.Test) {
	c.add(`EXISTS (SELECT 1 FROM enrollments e CROSS JOIN deliveries d ON d.enrollment_id = e.id AND d.state = 'sent'
		CROSS JOIN issues i ON i.id = d.issue_id CROSS JOIN campaigns k ON k.id = i.campaign_id
		WHERE e.subscriber_id = s.id AND i.name <> '` + drip.ConfirmationID + `'`)
	c.inView()
	if t.Op != segment.Has {
		c.add(` AND (`)
		c.among(`i.name`, t)
		c.add(` OR `)
		c.among(`k.name || '/' || i.name`, t)
		c.add(`)`)
	}
	c.add(`)`)
}
