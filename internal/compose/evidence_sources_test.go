package compose

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// trusted are the hosts that a issue about health may lead to: those of health
// services, charities, journals, trial registries and libraries. Mirrors, shops, news
// sites without an editor and clinics are not among them. A new one is a decision.
var trusted = []string{
	"cando-ms.org", "clinicaltrials.gov", "connection.sagepub.com", "doaj.org", "doi.org", "ean.org",
	"ecommons.aku.edu", "epilepsyswo.ca", "fda.gov", "hindawi.com", "ichgcp.net", "imsmp.org", "jnnp.bmj.com",
	"link.springer.com", "mdpi.com", "meddatax.com", "medicinesresources.nhs.uk", "mscanada.ca", "mssociety.org.uk",
	"mstrust.org.uk", "multiplesclerosisnewstoday.com", "mymsaa.org", "n.neurology.org", "nationalmssociety.org",
	"nature.com", "nccih.nih.gov", "neurology.org", "nhs.uk", "nlm.nih.gov", "onmedica.com", "ouci.dntb.gov.ua",
	"pmc.ncbi.nlm.nih.gov", "poison.org", "pubmed.gov", "scirp.org", "stemcellres.biomedcentral.com",
	"thelancet.com", "atlasofms.org", "uclh.nhs.uk", "va.gov",
}

var targetForm = regexp.MustCompile(`\]\((https?://[^\s]+)\)$`)

// leadsTo returns the address that a source leads to, and what it says without a link.
func leadsTo(source string) (address, words string) {
	if m := targetForm.FindStringSubmatch(source); m != nil {
		return m[1], ""
	}
	return "", source
}

// TestSourcesAreThoseOfTheREADME: readers are led to sources of grade A and B only,
// and the README's two lists are neither longer nor shorter than what is sent.
func TestSourcesAreThoseOfTheREADME(t *testing.T) {
	t.Parallel()
	linked, named := map[string][]string{}, map[string][]string{}
	for _, row := range shownTable(t, "## Sources") {
		address, _ := leadsTo(strings.TrimSuffix(row[0], " (two stored versions were read)"))
		if len(row) != 3 || address == "" || row[1] != "A" && row[1] != "B" {
			t.Fatalf("the README's sources: %q is not a link, its grade A or B, and its issues", row)
		}
		linked[address] = strings.Split(row[2], ", ")
	}
	for _, row := range shownTable(t, "**Named without a link.**") {
		named[row[0]] = strings.Split(row[1], ", ")
	}
	for _, l := range chapters(t) {
		issue := strconv.Itoa(l.number)
		for key, source := range l.sources {
			address, words := leadsTo(source)
			list, what := linked, address
			if address == "" {
				list, what = named, words
			}
			if !slices.Contains(list[what], issue) {
				t.Errorf("issue %s: the README does not list the source %s for it: %s", issue, key, what)
			}
			list[what] = slices.DeleteFunc(list[what], func(s string) bool { return s == issue })
		}
	}
	for _, list := range []map[string][]string{linked, named} {
		for what, left := range list {
			if len(left) > 0 {
				t.Errorf("the README lists for issue %v what is not sent: %s", left, what)
			}
		}
	}
}

// TestLinksLeadToTrustedPlaces: every address in a issue is that of a source, uses
// TLS, and belongs to a host that was chosen.
func TestLinksLeadToTrustedPlaces(t *testing.T) {
	t.Parallel()
	eachChapter(t, func(t *testing.T, l chapter) {
		for key, source := range l.sources {
			address, _ := leadsTo(source)
			if address == "" {
				if strings.Contains(source, "://") {
					t.Errorf("the source %s has an address that is no link: %s", key, source)
				}
				continue
			}
			u, err := url.Parse(address)
			if err != nil || u.Scheme != "https" || !slices.Contains(trusted, strings.TrimPrefix(u.Host, "www.")) {
				t.Errorf("the source %s leads to %s: not https, or not a host that was chosen (%v)", key, address, err)
			}
		}
		for _, b := range l.blocks {
			if strings.Contains(b.raw, "://") || strings.Contains(b.raw, "www.") {
				t.Errorf("an address outside of the sources: %s", b.raw)
			}
		}
		if len(l.sources) == 0 {
			t.Error("no sources")
		}
	})
}

// inWords are the marks of the series and the words that go with them.
var inWords = map[string]string{
	"●●●●": "Strong", "●●●○": "Good but narrow", "●●○○": "Early", "●○○○": "Not shown in MS",
}

// TestMarksStandWithTheirWords: dots never stand alone, and the same dots always
// stand with the same words.
func TestMarksStandWithTheirWords(t *testing.T) {
	t.Parallel()
	eachChapter(t, func(t *testing.T, l chapter) {
		rated := false
		for _, b := range l.blocks {
			for _, dots := range dotsForm.FindAllString(b.text, -1) {
				want := inWords[dots]
				_, after, _ := strings.Cut(b.text, dots)
				if want == "" || !strings.HasPrefix(strings.TrimLeft(after, " |"), want) {
					t.Errorf("%s stands without %q: %s", dots, want, b.text)
				}
			}
			rated = rated || b.box == "EVIDENCE" &&
				regexp.MustCompile(`[●○]{4}|^Tested, no benefit shown so far:|^Too early to tell:`).MatchString(b.text)
		}
		if !rated {
			t.Error("the evidence box has no mark")
		}
	})
}

// TestStatementsThatAgeAreReviewed: an issue that says what is expected, planned or
// not yet found has a date after which it is held until somebody looks at it again.
func TestStatementsThatAgeAreReviewed(t *testing.T) {
	t.Parallel()
	ages := regexp.MustCompile(`(?i)\b(?:as of|checked in|status we found \() ?November 2026|\bexpected (?:to report|July)|\bplanned end\b`)
	eachChapter(t, func(t *testing.T, l chapter) {
		m := ages.FindString(l.prose())
		if m != "" && l.ReviewBy.IsZero() {
			t.Errorf("%q will be wrong one day, and the issue has no review_by", m)
		}
		if m == "" && !l.ReviewBy.IsZero() {
			t.Error("the issue has review_by, and nothing in it that ages")
		}
	})
}
