package audience

import "partwork/internal/drip"

// program is a program whose exports are known by the names of their columns.
type program struct {
	name string
	// signs are keys of columns; the lists of the program have all of one set.
	signs [][]string
	// without are keys that its lists never have.
	without []string
	columns map[string]column
	// skips are columns that are of no use elsewhere: numbers of theirs, and what
	// they observed of people.
	skips []string
	// renames give attributes a better name.
	renames map[string]string
}

func typed(kind drip.AttributeType) column { return column{kind: kind} }

// programs are in the order in which they are tried.
var programs = []*program{
	{
		name:  "Mailchimp",
		signs: [][]string{{"email_address", "leid"}, {"email_address", "euid"}, {"email_address", "optin_time"}},
		columns: map[string]column{
			"unsub_reason": {as: asState, reads: readsReason}, "unsub_reason_other": {as: asNothing},
		},
		skips: []string{
			"member_rating", "latitude", "longitude", "gmtoff", "dstoff", "last_changed", "leid", "euid",
			"unsub_campaign_title", "unsub_campaign_id", "clean_campaign_title", "clean_campaign_id",
		},
		renames: map[string]string{"cc": "country"},
	},
	{
		name:    "listmonk",
		signs:   [][]string{{"uuid", "attributes", "status"}, {"uuid", "attribs", "status"}},
		columns: map[string]column{"attributes": {as: asObject}, "attribs": {as: asObject}, "created_at": date(0)},
		skips:   []string{"id", "uuid", "updated_at", "lists"},
	},
	{
		name:  "Substack",
		signs: [][]string{{"active_subscription", "email_disabled"}, {"active_subscription", "expiry"}},
		columns: map[string]column{
			"created_at": date(0), "start_date": date(0), "active_subscription": typed(drip.BoolAttribute),
			"expiry": typed(drip.DateAttribute), "first_payment_at": typed(drip.DateAttribute),
		},
		skips: []string{"stripe_customer_id", "stripe_subscription_id", "stripe_plan_id", "prefer_digests"},
	},
	{
		name:  "Ghost",
		signs: [][]string{{"subscribed_to_emails", "complimentary_plan"}, {"subscribed_to_emails", "stripe_customer_id"}},
		columns: map[string]column{
			"created_at": date(0), "deleted_at": mark(unsubscribed), "complimentary_plan": typed(drip.BoolAttribute),
		},
		skips: []string{"id", "stripe_customer_id", "gift_id"},
	},
	{
		name:  "Buttondown",
		signs: [][]string{{"creation_date", "metadata"}, {"creation_date", "referrer_url"}, {"creation_date", "subscriber_type"}, {"creation_date", "type", "tags"}},
		columns: map[string]column{
			"creation_date": date(0), "metadata": {as: asObject}, "type": {as: asState}, "subscriber_type": {as: asState},
			"source": {as: asConsentSource}, "unsubscription_reason": {as: asState, reads: readsReason},
		},
		skips: []string{
			"id", "secondary_id", "referrer_url", "avatar_url", "last_open_date", "last_click_date", "churn_date", "undeliverability_date",
			"undeliverability_reason", "risk_score", "transitions", "utm_campaign", "utm_medium", "utm_source", "stripe_customer_id",
			"stripe_coupon", "email_transitions", "referral_code", "upgrade_date",
		},
	},
	{
		name:  "Mautic",
		signs: [][]string{{"points", "attribution"}, {"points", "last_active"}, {"points", "last_active_date"}, {"points", "preferred_locale"}, {"points", "preferred_profile_image"}},
		columns: map[string]column{
			"points": typed(drip.NumberAttribute), "date_identified": date(0), "dateidentified": date(0), "date_added": date(0), "dateadded": date(0),
		},
		skips: []string{
			"id", "last_active", "last_active_date", "lastactive", "preferred_profile_image", "stage", "owner", "date_modified", "datemodified",
			"internal", "social_cache", "color", "attribution", "attribution_date",
		},
	},
	{
		name:    "Kit",
		signs:   [][]string{{"first_name", "state", "created_at"}, {"first_name", "status", "created_at"}, {"email_address", "state", "created_at"}},
		without: []string{"zip", "zipcode", "zip_code", "postal_code", "address", "address_1", "address_line_1", "street"},
		columns: map[string]column{
			"state": {as: asState}, "created_at": date(0), "source_name": {as: asConsentSource}, "fields": {as: asObject},
		},
		skips: []string{
			"id", "referrer", "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "source_type", "source_mechanism",
			"source_mechanism_id", "location", "attribution",
		},
	},
}

// programOf recognizes the program that made a list with these columns; nil if none.
func programOf(keys []string) *program {
	has := make(map[string]bool, len(keys))
	for _, key := range keys {
		has[key] = true
	}
	for _, p := range programs {
		if p.made(has) {
			return p
		}
	}
	return nil
}

func (p *program) made(has map[string]bool) bool {
	for _, key := range p.without {
		if has[key] {
			return false
		}
	}
	for _, set := range p.signs {
		all := true
		for _, key := range set {
			all = all && has[key]
		}
		if all {
			return true
		}
	}
	return false
}
