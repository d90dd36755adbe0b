package audience

import (
	"fmt"
	"strings"

	"partwork/internal/drip"
	"partwork/internal/segment"
)

// meaning is what the cells of a column are.
type meaning int

// The meanings. An attribute is whatever is nothing else.
const (
	asAttribute meaning = iota
	asEmail
	asName
	asFirstName
	asLastName
	asTimezone
	asTags
	asState
	asConsentDate
	asConsentSource
	asObject // a JSON object of attributes
	asNothing
	asUnnamed // no name: the cells must be blank
	asOurs    // put in front of rejected rows; see RejectedLine
)

// words is what a report and --map call a meaning.
func (m meaning) words() string {
	switch m {
	case asEmail:
		return "email"
	case asName:
		return "name"
	case asFirstName:
		return "first-name"
	case asLastName:
		return "last-name"
	case asTimezone:
		return "timezone"
	case asTags:
		return "tag"
	case asState:
		return "state"
	case asConsentDate:
		return "consent-date"
	case asConsentSource:
		return "consent-source"
	case asObject:
		return "attributes"
	case asNothing, asUnnamed, asOurs:
		return "skip"
	case asAttribute:
	}
	return "attribute"
}

// single reports whether a list can have one column of the meaning only.
func (m meaning) single() bool {
	return m == asEmail || m == asName || m == asFirstName || m == asLastName || m == asTimezone
}

// column is what a column means.
type column struct {
	as meaning
	// typed is the name as the list has it, and key the one of an attribute.
	typed, key string
	kind       drip.AttributeType
	// strict is set if somebody said what the column means: a value that is not of the
	// kind costs its row. Else it is kept as a text.
	strict bool
	// reads says how a state is written, and gives what it is if it is a flag or a date.
	reads stateForm
	gives standing
	// rank tells which of several consent dates counts: the highest that is not blank.
	rank int
}

// commonColumns are the meanings of names, as segment.AttributeName writes them, whatever
// program made the list.
var commonColumns = map[string]column{
	"optin_time": date(1), "opt_in_time": date(1), "optin_date": date(1), "opt_in_date": date(1), "opted_in_at": date(1),
	"signup_date": date(1), "sign_up_date": date(1), "signed_up_at": date(1), "subscribed_at": date(1), "subscribed_on": date(1),
	"date_subscribed": date(1), "subscription_date": date(1), "subscribe_date": date(1),
	"confirm_time": date(3), "confirmed_at": date(3), "confirmation_date": date(3), "confirm_date": date(3),
	"consent_date": date(4), "consent_at": date(4), "consented_at": date(4), "consent_given_at": date(4),

	"consent": {as: asConsentSource}, "consent_source": {as: asConsentSource}, "consent_text": {as: asConsentSource},
	"signup_source": {as: asConsentSource}, "sign_up_source": {as: asConsentSource}, "opt_in_source": {as: asConsentSource},
	"optin_source": {as: asConsentSource}, "subscription_source": {as: asConsentSource},

	"tag": {as: asTags}, "tags": {as: asTags}, "labels": {as: asTags},

	RejectedLine: {as: asOurs}, RejectedReason: {as: asOurs}, RejectedState: {as: asState},

	"status": {as: asState}, "subscription_status": {as: asState}, "subscriber_status": {as: asState}, "email_status": {as: asState},
	"member_status": {as: asState}, "optin_status": {as: asState}, "opt_in_status": {as: asState}, "subscription_state": {as: asState},

	"subscribed": wish(unsubscribed), "is_subscribed": wish(unsubscribed), "subscribed_to_emails": wish(unsubscribed),
	"opted_in": wish(unsubscribed), "opt_in": wish(unsubscribed), "confirmed": wish(unconfirmed), "is_confirmed": wish(unconfirmed),

	"unsubscribed": mark(unsubscribed), "unsubscribed_at": mark(unsubscribed), "unsub_time": mark(unsubscribed),
	"unsubscribe_date": mark(unsubscribed), "unsubscription_date": mark(unsubscribed), "unsubscribe_time": mark(unsubscribed),
	"opted_out": mark(unsubscribed), "opt_out": mark(unsubscribed), "optout": mark(unsubscribed), "opt_out_time": mark(unsubscribed),
	"email_disabled": mark(unsubscribed), "do_not_contact": mark(unsubscribed), "donotcontact": mark(unsubscribed), "dnc": mark(unsubscribed),
	"has_opted_out_of_email": mark(unsubscribed), "global_unsubscribe": mark(unsubscribed),
	"bounced": mark(bounced), "bounced_at": mark(bounced), "bounce_date": mark(bounced), "hard_bounced": mark(bounced),
	"clean_time": mark(bounced), "cleaned": mark(bounced), "cleaned_at": mark(bounced),
	"complained": mark(complained), "complained_at": mark(complained), "spam_complaint": mark(complained),
	"blocklisted": mark(blocked), "blacklisted": mark(blocked), "suppressed": mark(blocked),

	// Where somebody was when they signed up is more about them than a consent needs.
	"ip": {as: asNothing}, "ip_address": {as: asNothing}, "optin_ip": {as: asNothing}, "opt_in_ip": {as: asNothing},
	"confirm_ip": {as: asNothing}, "signup_ip": {as: asNothing}, "sign_up_ip": {as: asNothing}, "subscription_ip": {as: asNothing},
	"ip_signup": {as: asNothing}, "ip_opt": {as: asNothing}, "ipaddress": {as: asNothing},
}

// spellings are the common names of the columns that a list has once.
var spellings = map[meaning][]string{
	asEmail: {
		"email", "e_mail", "mail", "email_address", "e_mail_address", "emailaddress", "mail_address", "subscriber_email",
		"e_mail_adresse", "email_adresse", "emailadresse", "mailadresse", "adresse_e_mail", "adresse_email", "adresse_mail",
		"courriel", "correo", "correo_electronico", "correo_electr_nico", "indirizzo_email", "e_mailadres",
	},
	asName:      {"name", "full_name", "fullname", "display_name", "subscriber_name"},
	asFirstName: {"first_name", "firstname", "fname", "given_name", "forename", "vorname", "prenom", "pr_nom", "nombre", "voornaam"},
	asLastName:  {"last_name", "lastname", "lname", "surname", "family_name", "nachname", "nom", "apellido", "apellidos", "achternaam"},
	asTimezone:  {"timezone", "time_zone", "tz", "zeitzone"},
}

func commonWords() map[string]column {
	all := make(map[string]column, len(commonColumns)+64)
	for key, c := range commonColumns {
		all[key] = c
	}
	for as, keys := range spellings {
		for _, key := range keys {
			all[key] = column{as: as}
		}
	}
	return all
}

func date(rank int) column         { return column{as: asConsentDate, rank: rank} }
func mark(gives standing) column   { return column{as: asState, reads: readsMark, gives: gives} }
func wish(without standing) column { return column{as: asState, reads: readsWish, gives: without} }

// columnWords returns what the columns of a list mean, by their keys: what is common,
// and what the program that made it calls things.
func columnWords(p *program) map[string]column {
	words := commonWords()
	if p == nil {
		return words
	}
	for key, c := range p.columns {
		words[key] = c
	}
	for _, key := range p.skips {
		words[key] = column{as: asNothing}
	}
	return words
}

// Mapping says what one column of a list means, instead of what its name says.
type Mapping struct {
	// Column is the name in the header, or "#3" for the third column.
	Column string
	as     meaning
	key    string
	kind   drip.AttributeType
}

// String writes the mapping as ParseMapping reads it.
func (m Mapping) String() string {
	text := m.Column + "=" + m.as.words()
	if m.as == asAttribute {
		text += ":" + m.key
		if m.kind != drip.TextAttribute {
			text += ":" + string(m.kind)
		}
	}
	return text
}

// ParseMapping reads "Their column=email". What stands after the last equals sign is
// email, name, first-name, last-name, timezone, tag, state, consent-date,
// consent-source, skip, or attribute:NAME, perhaps with :number, :bool or :date.
func ParseMapping(text string) (Mapping, error) {
	i := strings.LastIndexByte(text, '=')
	if i < 1 || strings.TrimSpace(text[:i]) == "" {
		return Mapping{}, fmt.Errorf("%s does not say what a column means; expected something like \"Their column=email\"", quoteShort(text))
	}
	m := Mapping{Column: strings.TrimSpace(text[:i])}
	what := strings.TrimSpace(text[i+1:])
	word, rest, _ := strings.Cut(what, ":")
	for as := asEmail; as <= asNothing; as++ {
		if as.words() == word && as != asObject && rest == "" {
			m.as = as
			return m, nil
		}
	}
	if word != "attribute" {
		return Mapping{}, fmt.Errorf("%s is nothing that a column can mean; use email, name, first-name, last-name, timezone, tag, state, "+
			"consent-date, consent-source, skip, or attribute:NAME:TYPE", quoteShort(what))
	}
	name, kind, _ := strings.Cut(rest, ":")
	m.key, m.kind = segment.AttributeName(name), drip.AttributeType(kind)
	if m.key == "" {
		return Mapping{}, fmt.Errorf("%s names no attribute; expected something like attribute:city or attribute:age:number", quoteShort(what))
	}
	switch m.kind {
	case drip.TextAttribute, drip.NumberAttribute, drip.BoolAttribute, drip.DateAttribute:
	case "text":
		m.kind = drip.TextAttribute
	default:
		return Mapping{}, fmt.Errorf("%s is no type of attribute; use text, number, bool or date", quoteShort(kind))
	}
	return m, nil
}
