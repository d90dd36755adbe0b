package config

import (
	"slices"
	"strings"
)

// readEnviron sets what the PARTWORK_ variables set. An empty variable counts as not
// set: that is what composing tools make of a missing one.
func (l *loader) readEnviron(environ []string) {
	l.growFallbacks(environ)
	for _, entry := range slices.Sorted(slices.Values(environ)) {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, envPrefix) || value == "" || isServiceLink(name, value) {
			continue
		}
		i := slices.IndexFunc(l.fields, func(f field) bool { return f.env() == name })
		if i < 0 {
			l.reportVariable(name)
			continue
		}
		l.origins[l.fields[i].key] = origin{variable: name}
		l.set(l.fields[i], value)
	}
}

func (l *loader) reportVariable(name string) {
	known := make([]string, len(l.fields))
	for i, f := range l.fields {
		known[i] = f.env()
	}
	fix := "remove it; docs/CONFIG.md lists the known ones"
	if near := nearest(name, known); near != "" {
		fix = "did you mean " + near + "?"
	}
	l.findings = append(l.findings, Finding{
		File: environment, Message: "unknown variable " + quote(name), Fix: fix,
	})
}

// isServiceLink recognizes the variables that Kubernetes makes in every container
// beside a service whose name begins with "partwork": PARTWORK_SERVICE_HOST,
// PARTWORK_PORT=tcp://…, PARTWORK_WEB_PORT_80_TCP_ADDR.
func isServiceLink(name, value string) bool {
	switch {
	case strings.HasSuffix(name, "_SERVICE_HOST"), strings.Contains(name, "_SERVICE_PORT"):
		return true
	case strings.HasSuffix(name, "_PORT"):
		return strings.HasPrefix(value, "tcp://") || strings.HasPrefix(value, "udp://")
	default:
		return strings.Contains(name, "_PORT_") && (strings.Contains(name, "_TCP") || strings.Contains(name, "_UDP"))
	}
}
