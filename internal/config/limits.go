package config

// AnyDomain is the name under which the limit of every domain without one of its own
// is kept.
const AnyDomain = "*"

// Limits say how much some receivers take, whichever relay the letters leave through.
type Limits struct {
	Domains []DomainLimit `yaml:"domains" each:"name"`
}

// DomainLimit is how much the domain of an address takes. With [AnyDomain], every
// domain that is not named may take so much, each for itself.
type DomainLimit struct {
	// Name is the domain: lower case, A-labels.
	Name        string
	Rate        float64 `yaml:"rate" default:"0" doc:"How many letters to the domain leave per second at most; 0 for no limit but that of the relay. A single second can have more, as with that of the relay."`
	Connections int     `yaml:"connections" default:"0" doc:"How many letters to the domain are on their way at once at most; 0 for no limit."`
}

// validateLimits reports limits that cannot be kept.
func (l *loader) validateLimits(limits *Limits) {
	for _, d := range limits.Domains {
		key := string(domains) + "." + d.Name
		if d.Rate < 0 {
			l.report(key+".rate", "it is negative", "write letters per second, such as 0.5, or 0 for no limit")
		}
		l.checkRange(key+".connections", d.Connections, 0, 256)
	}
}
