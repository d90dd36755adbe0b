package preview

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"

	"partwork/internal/compose"
	"partwork/internal/drip"
)

// proof is one version of an issue, compiled, and what is known of it. Compiling and
// looking for what is doubtful is nearly all the work there is, so both are done once
// for a version, however often the files are read.
type proof struct {
	bundle  compose.Bundle
	edition *compose.Edition
	found   []drip.Finding // by Compile
	// good is the latest version that can be composed: this one, or an earlier one.
	good *proof
	// size is the octets of the HTML part and octets those of the whole message, for
	// the first persona; 0 if not known.
	size, octets int
	// checked is what findings were made from, and findings are those of check.
	checked  string
	findings []drip.Finding
}

// proofs keeps them, by campaign and issue.
type proofs struct {
	mu   sync.Mutex
	list map[[2]string]*proof
}

// bundleOf collects the version of an issue, or of the confirmation.
func bundleOf(c *drip.Campaign, issue int, l *compose.Layouts) compose.Bundle {
	if issue < 0 {
		return compose.NewConfirmation(c, l)
	}
	return compose.NewBundle(c, issue, l)
}

// of returns the proof of an issue as it is.
func (p *proofs) of(c *drip.Campaign, issue int, l *compose.Layouts) *proof {
	b := bundleOf(c, issue, l)
	key := [2]string{c.ID, b.Issue}
	old := p.get(key)
	if old != nil && reflect.DeepEqual(old.bundle, b) {
		return old
	}
	next := &proof{bundle: b}
	next.edition, next.found = compose.Compile(b)
	switch {
	case !next.edition.Broken():
		next.good = next
	case old != nil:
		next.good = old.good
	}
	p.put(key, next)
	return next
}

// known returns the latest proof of an issue, without making one; nil if there is none.
func (p *proofs) known(c *drip.Campaign, issue int) *proof {
	return p.get([2]string{c.ID, c.Issues[issue].ID})
}

func (p *proofs) get(key [2]string) *proof {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.list[key]
}

func (p *proofs) put(key [2]string, to *proof) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.list == nil {
		p.list = make(map[[2]string]*proof)
	}
	p.list[key] = to
}

// check returns a proof of which all is known that check would say. The proof itself is
// left as it is: others may be reading it.
func (p *proofs) check(st *state, e *entry, issue int) *proof {
	c := e.Campaign
	pr := p.of(c, issue, st.Layouts)
	key := checkKey(e, issue)
	if pr.checked == key {
		return pr
	}
	done := *pr
	done.checked = key
	if issue < 0 {
		done.findings = compose.LintRest(c, st.Layouts)
	} else {
		done.findings = compose.LintIssue(c, issue, pr.edition, pr.found, readersOf(&e.Series))
	}
	if pr.good == pr {
		done.good = &done
		reader := nobody()
		if len(e.Personas) > 0 {
			reader = e.Personas[0]
		}
		if m, err := st.Compose(Copy{Campaign: c, Issue: issue, Edition: pr.edition, Reader: reader, At: e.read}); err == nil {
			done.size, done.octets = len(m.HTML), len(m.Bytes)
		}
	}
	done.findings = named(st, c.ID, done.findings)
	p.put([2]string{c.ID, pr.bundle.Issue}, &done)
	return &done
}

// checkKey is what the findings of an issue depend on beside its version.
func checkKey(e *entry, issue int) string {
	var b strings.Builder
	if issue >= 0 {
		is := &e.Campaign.Issues[issue]
		number, count := compose.Position(e.Campaign, issue)
		fmt.Fprintf(&b, "%q %d %t %d %d %t %q", is.File, is.BodyLine, is.Draft, number, count, e.Campaign.Discreet, is.Subject+"\n"+is.Preheader)
	}
	for _, p := range e.Personas {
		fmt.Fprintf(&b, "\n%q %q %q %q", p.Email, p.Name, p.Timezone, p.Attributes)
	}
	return b.String()
}

// early returns what is known of an issue's findings before all were looked for.
func (p *proof) early(st *state, c *drip.Campaign, issue int) []drip.Finding {
	if issue < 0 {
		return named(st, c.ID, slices.Clone(p.found))
	}
	return named(st, c.ID, compose.InFile(&c.Issues[issue], p.found))
}

// named puts the folders that people know before the files.
func named(st *state, campaign string, found []drip.Finding) []drip.Finding {
	for i, f := range found {
		folder := st.Templates
		if strings.HasPrefix(f.File, campaign+"/") {
			folder = st.Folder
		}
		found[i].File = path.Join(folder, f.File)
	}
	return found
}
