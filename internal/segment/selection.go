package segment

import (
	"fmt"
	"slices"
	"strings"
)

// Equal reports whether two filters say the same in the same words, whatever they were
// written like.
func (f Filter) Equal(other Filter) bool { return f.String() == other.String() }

// With returns what is known of the person if that is their part in its campaign,
// instead of the one they have. The facts stay as they are.
func (who *Facts) With(part Part) *Facts {
	out := *who
	out.Parts = append(slices.DeleteFunc(slices.Clone(who.Parts), func(p Part) bool { return p.Campaign == part.Campaign }), part)
	return &out
}

// And returns what is known of the person once they were sent that as well. The facts
// stay as they are.
func (who *Facts) And(sent Sent) *Facts {
	out := *who
	out.Sent = append(slices.Clip(who.Sent), sent)
	return &out
}

// LooksBack reports whether an answer depends on what people were sent.
func (f Filter) LooksBack() bool { return f.Uses(FieldHad) || f.Uses(FieldLastSent) }

// Trait returns all that the filter sees of a person. People with the same trait are
// selected alike, at every time, as long as nothing changes but the time, and what they are
// sent alike.
func (f Filter) Trait(who *Facts, view View) string {
	var b strings.Builder
	for _, t := range f.Tests() {
		switch {
		case !(Filter{t}).Ages():
			fmt.Fprintf(&b, "%t;", t.match(who, view))
		case t.Field.Kind == Attribute:
			fmt.Fprintf(&b, "%q;", fmt.Sprint(who.Attributes[t.Field.Name]))
		default:
			for _, at := range who.instants(t.Field.Name, view) {
				fmt.Fprintf(&b, "%d,", at.UnixMilli())
			}
			b.WriteByte(';')
		}
	}
	return b.String()
}
