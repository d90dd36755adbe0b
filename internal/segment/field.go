package segment

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// FieldKind says what a field holds, and so how it can be compared.
type FieldKind int

// The kinds of fields.
const (
	// Text is a text, which may be empty: then it is missing.
	Text FieldKind = iota + 1
	// Number is a whole number; zero is missing.
	Number
	// Instant is a point in time, which is compared with days and ages.
	Instant
	// Words are any number of words. A test is true if any of them passes it.
	Words
	// Series are campaigns, by their ids; otherwise they are like Words.
	Series
	// Attribute is a further column of a list. It may hold a text, a number, a date
	// or true and false; what it is compared with says which of them is looked for.
	Attribute
)

// Field is something that is known of people.
type Field struct {
	// Name is one of those below, or that of an attribute.
	Name string
	Kind FieldKind
}

// The names of fields that are no attributes.
const (
	FieldEmail    = "email"     // the address
	FieldName     = "name"      // as the person gave it
	FieldZone     = "zone"      // their own time zone, an IANA name
	FieldAdded    = "added"     // when the person was first put on the list
	FieldBatch    = "batch"     // the number of the import that brought them
	FieldTag      = "tag"       // their tags
	FieldStatus   = "status"    // the states of their series, and "suppressed"
	FieldJoined   = "joined"    // when they joined their series
	FieldEnrolled = "enrolled"  // the series they are in, whether confirmed or not
	FieldPending  = "pending"   // the series they have not confirmed
	FieldActive   = "active"    // the series they get
	FieldFinished = "finished"  // the series of which they had everything
	FieldLeft     = "left"      // the series they left
	FieldHad      = "had"       // the issues they were sent, as ISSUE or CAMPAIGN/ISSUE
	FieldLastSent = "last_sent" // when they were last sent an issue
)

// fields are those that are no attributes, in the order in which they are offered.
var fields = []Field{
	{FieldTag, Words}, {FieldEmail, Text}, {FieldName, Text}, {FieldZone, Text}, {FieldAdded, Instant}, {FieldBatch, Number},
	{FieldStatus, Words}, {FieldJoined, Instant},
	{FieldEnrolled, Series}, {FieldPending, Series}, {FieldActive, Series}, {FieldFinished, Series}, {FieldLeft, Series},
	{FieldHad, Words}, {FieldLastSent, Instant},
}

// Fields returns the fields that are no attributes.
func Fields() []Field { return slices.Clone(fields) }

// statuses are the values of FieldStatus.
var statuses = []string{"pending", "active", "finished", "left", StatusSuppressed}

// StatusSuppressed is the status of those who must not be mailed; the others are the
// states of enrollments.
const StatusSuppressed = "suppressed"

// fieldNamed finds a field that is no attribute.
func fieldNamed(name string) (Field, bool) {
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return fields[i], true
}

// fieldNames returns the names of the fields that are no attributes.
func fieldNames() []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

// AttributeName returns the name under which a column of a list is kept: small
// letters, digits and single underscores. It is empty if nothing is left.
func AttributeName(column string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(column) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return strings.TrimSuffix(b.String(), "_")
}

// MaxTag is how long a tag may be, in characters.
const MaxTag = 64

// TagName returns the form in which a tag is kept: small letters, NFC, without blanks at
// its ends and with single ones inside. It is composed before it is made small as well:
// "İ" in one character and in two are the same tag.
func TagName(typed string) string {
	small := strings.ToLower(norm.NFC.String(strings.Join(strings.Fields(typed), " ")))
	return norm.NFC.String(small)
}

// ops are the operators of each kind of field, whatever they compare with.
var ops = map[FieldKind][]Op{
	Text:      {Eq, Ne, Contains, In, Has, Missing},
	Number:    {Eq, Ne, Lt, Le, Gt, Ge, In, Has, Missing},
	Instant:   {Eq, Ne, Lt, Le, Gt, Ge, Has, Missing},
	Words:     {Eq, Ne, In, Has, Missing},
	Series:    {Eq, Ne, In, Has, Missing},
	Attribute: {Eq, Ne, Lt, Le, Gt, Ge, Contains, In, Has, Missing},
}
