package config

import "time"

// SignUp bounds what strangers can have sent, and keep busy, through the sign-up pages.
type SignUp struct {
	Expires       time.Duration `yaml:"expires" default:"168h" doc:"How long after its mail a sign-up can be confirmed. Then it is forgotten, with the address if nothing else is known of it. At least 1h, at most 90d."`
	PerAddress    int           `yaml:"per_address" default:"3" doc:"How many confirmation mails one address gets within the time of expires, or 24 hours if that is longer, whoever asks for them, over all campaigns; from 1 to 10. Two of them are 10 minutes apart at least."`
	PerDomain     int           `yaml:"per_domain" default:"100" doc:"How many confirmation mails go to the addresses of one domain within 24 hours; 0 for no limit. The large providers of mailboxes are exempt."`
	PerNetwork    int           `yaml:"per_network" default:"20" doc:"How many sign-ups come from one network (IPv4: the first 24 bits of the address, IPv6: the first 56) within an hour; 0 for no limit."`
	Total         int           `yaml:"total" default:"500" doc:"How many sign-ups come within an hour, from wherever; 0 for no limit."`
	RecordNetwork bool          `yaml:"record_network" default:"true" doc:"Keep, with the consent of whoever confirms, the network that they signed up from: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address."`
}

// validateSignUp reports limits that cannot be meant.
func (l *loader) validateSignUp(s *SignUp) {
	const day = 24 * time.Hour
	if s.Expires < time.Hour || s.Expires > 90*day {
		l.report("signup.expires", s.Expires.String()+" is too short or too long", "write a duration from 1h to 90d, such as 7d")
	}
	l.checkRange("signup.per_address", s.PerAddress, 1, 10)
	l.checkRange("signup.per_domain", s.PerDomain, 0, 1_000_000)
	l.checkRange("signup.per_network", s.PerNetwork, 0, 1_000_000)
	l.checkRange("signup.total", s.Total, 0, 1_000_000)
}
