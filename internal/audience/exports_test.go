package audience_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// The exports of other programs come in with nothing to map: who may be mailed with
// their tags, types and dates of consent, who may not as suppressions. A dry run tells
// the same, and a second run changes nothing.
func TestExports(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/exports/*.*")
	files = slices.DeleteFunc(files, func(f string) bool { return filepath.Ext(f) == ".want" })
	if err != nil || len(files) < 12 {
		t.Fatalf("%d exports, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			list, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			opts := audience.ImportOptions{File: filepath.Base(file), Consent: "they signed up there", Campaign: w.target(), DryRun: true}
			before := w.dump(t)
			dry := w.imported(t, string(list), opts)
			if w.dump(t) != before {
				t.Error("the dry run wrote")
			}
			opts.DryRun = false
			report := w.imported(t, string(list), opts)
			dry.Batch = report.Batch
			if diff := cmp.Diff(dry, report); diff != "" {
				t.Errorf("dry run and import differ (-dry +real):\n%s", diff)
			}
			testkit.Golden(t, file+".want", append(w.toldAll(t, string(list)), told(t, w, report, nil)...))
			known := w.people(t)
			again := w.imported(t, string(list), opts)
			if again.New != 0 || again.Updated != 0 || again.Enrolled != 0 || again.Unchanged != report.New || w.people(t) != known {
				t.Errorf("the second time: %+v", again)
			}
		})
	}
}

var anAddress = regexp.MustCompile(`[\w.]+@example\.(?:org|net)`)

// toldAll writes down what became of every address in a list.
func (w *world) toldAll(t *testing.T, list string) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, typed := range slices.Compact(anAddress.FindAllString(list, -1)) {
		address := parse(t, typed)
		fmt.Fprintln(&out, typed)
		if s, err := w.store.Suppressed(t.Context(), w.hasher.Sum(address)); err == nil {
			fmt.Fprintf(&out, "  suppressed: %s\n", s.Reason)
		}
		p, err := w.store.SubscriberByEmail(t.Context(), address)
		if err != nil {
			continue
		}
		attributes, err := json.Marshal(p.Attributes)
		if err != nil {
			t.Fatal(err)
		}
		tags, err := w.store.TagsOf(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "  %q in %q, %s\n  %s of types %v\n  tags %q\n", p.Name, p.Timezone, w.enrollmentOf(t, p.ID).State, attributes, p.Types, tags)
		if p.ConsentID != 0 {
			c, err := w.store.Consent(t.Context(), p.ConsentID)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&out, "  consent of %s: %s\n", c.At.Format(time.RFC3339), c.Text)
		}
	}
	return out.Bytes()
}

// people writes down everybody.
func (w *world) people(t *testing.T) string {
	t.Helper()
	list, err := w.store.Subscribers(t.Context(), store.SubscriberFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(list)
}

// Mailchimp's file names tell as well, because not every one of its exports says why
// somebody is in it.
func TestNamesOfMailchimpFilesTellToo(t *testing.T) {
	t.Parallel()
	const list = "Email Address,OPTIN_TIME,LEID\nada@example.org,2020-01-01 00:00:00,1\n"
	for name, want := range map[string]drip.SuppressionReason{
		"subscribed_members_export_1.csv": "", "unsubscribed_members_export_1.csv": drip.SuppressedByReader,
		"cleaned_members_export_1.csv": drip.SuppressedByBounce, "nonsubscribed_members_export_1.csv": "",
	} {
		w := newWorld(t)
		report := w.imported(t, list, audience.ImportOptions{File: name, Consent: "c"})
		s, _ := w.store.Suppressed(t.Context(), w.hasher.Sum(parse(t, "ada@example.org")))
		if s.Reason != want || (report.Pending == 1) != strings.HasPrefix(name, "non") {
			t.Errorf("%s: suppressed %q, want %q; %+v", name, s.Reason, want, report)
		}
	}
}

// Whoever withdrew has, wherever in the list that stands, and for good.
func TestWithdrawnWinsWhereverItStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reader := w.invited(t, "reader@example.org")
	list := "email,name,status\nada@example.org,Ada,subscribed\nreader@example.org,,unsubscribed\nADA@example.org,,complained\n" +
		"ada@example.org,Ada,subscribed\nbea@example.org,Bea,subscribed\nodd@example.org,\"Line\u0007\",bounced\n"
	opts := audience.ImportOptions{Consent: "c", Campaign: w.target(), DryRun: true}
	dry := w.imported(t, list, opts)
	opts.DryRun = false
	report := w.imported(t, list, opts)
	dry.Batch = report.Batch
	if diff := cmp.Diff(dry, report); diff != "" {
		t.Errorf("(-dry +real):\n%s", diff)
	}
	if report.New != 1 || report.Suppressed != 4 || report.Duplicates != 1 || len(report.Withdrawn) != 3 {
		t.Errorf("%+v", report)
	}
	if s := w.state(t, reader.ID); s != drip.EnrollmentLeft {
		t.Errorf("the reader is %s", s)
	}
	if again := w.imported(t, "email\nada@example.org\nodd@example.org\n", opts); again.Suppressed != 2 {
		t.Errorf("the next list: %+v", again)
	}
}

func TestMapping(t *testing.T) {
	t.Parallel()
	var maps []audience.Mapping
	for _, text := range []string{
		"Their = mail=email", "who=name", "Remarks=skip", "Colors=tag", "Age=attribute:years:number", "In?=state", "#7=attribute:town", "Since=consent-date",
	} {
		m, err := audience.ParseMapping(text)
		if err != nil {
			t.Fatal(err)
		}
		maps = append(maps, m)
	}
	w := newWorld(t)
	list := "Their = mail,WHO,Remarks,Colors,Age,In?,日本,Since\n" +
		"ada@example.org,Ada,secret,red;blue,36,yes,Leeds,2020-01-01\nbea@example.org,Bea,,,old,yes,,\ncem@example.org,Cem,,,,no,,\n"
	report := w.imported(t, list, audience.ImportOptions{Map: maps, Consent: "c"})
	if report.New != 1 || report.Suppressed != 1 || len(report.Rejects) != 1 || !strings.Contains(report.Rejects[0].Reason, `"Age": expected a number`) {
		t.Errorf("%+v", report)
	}
	p, err := w.store.SubscriberByEmail(t.Context(), parse(t, "ada@example.org"))
	if err != nil || p.Name != "Ada" || fmt.Sprint(p.Attributes, p.Types) != "map[town:Leeds years:36] map[years:number]" {
		t.Errorf("%+v, %v", p, err)
	}
	_, err = w.Import(t.Context(), strings.NewReader("email,name\n"), audience.ImportOptions{Map: maps[:1]})
	if err == nil || !strings.Contains(err.Error(), `there is no column "Their = mail", which --map names; found "email", "name"`) {
		t.Error(err)
	}
	for _, text := range []string{"", "=email", "x", "x=", "x=mail", "x=attribute", "x=attribute:age:digits", "x=attributes"} {
		if m, err := audience.ParseMapping(text); err == nil {
			t.Errorf("%q is %+v", text, m)
		}
	}
}

// A reader's own word is not a list's to change.
func TestWhatReadersChoseWins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.imported(t, "email,name,timezone\nada@example.org,Ada,Europe/London\n", audience.ImportOptions{Consent: "c"})
	p, err := w.store.SubscriberByEmail(t.Context(), parse(t, "ada@example.org"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.SetTimezone(t.Context(), p.ID, "Asia/Tokyo", w.now); err != nil {
		t.Fatal(err)
	}
	const list = "email,name,timezone\nada@example.org,Ada L.,Europe/Paris\n"
	for _, want := range []audience.ImportReport{{Updated: 1}, {Unchanged: 1}} {
		dry := w.imported(t, list, audience.ImportOptions{DryRun: true})
		report := w.imported(t, list, audience.ImportOptions{})
		if report.Updated != want.Updated || report.Unchanged != want.Unchanged || dry.Updated != report.Updated {
			t.Errorf("%+v, dry %+v", report, dry)
		}
	}
	if p, err = w.store.Subscriber(t.Context(), p.ID); err != nil || p.Timezone != "Asia/Tokyo" || p.Name != "Ada L." {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestDisposableAddressesAreNamedByRule(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	report := w.imported(t, "email\nada@example.org\nx@mailinator.com\ny@deep.yopmail.com\ninfo@example.org\nbroken@\n", audience.ImportOptions{})
	if want := map[string]int{"malformed": 1, "role": 1, "disposable": 2}; !cmp.Equal(report.Rules, want) || report.New != 4 {
		t.Errorf("%+v", report)
	}
	if !slices.ContainsFunc(report.Warnings, func(s string) bool {
		return strings.Contains(s, "2 rows have an address of a kind that is thrown away") && strings.Contains(s, "line 3")
	}) {
		t.Errorf("%q", report.Warnings)
	}
}
