package campaignfile

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"partwork/campaigns"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/segment"
	"partwork/internal/timing"
)

func TestDefinitionTellsEverythingButTextsAndImages(t *testing.T) {
	t.Parallel()
	list := Load(campaigns.Files(), Options{}).Campaigns
	var err error
	c, findings := LoadOne(os.DirFS("testdata/everything-is-right"), "garden", Options{})
	if c == nil {
		t.Fatal(findings)
	}
	hosted, open, some := *c, *c, *c
	hosted.HostedImages, open.Archive = true, drip.ArchivePublic
	some.Issues = slices.Clone(c.Issues)
	if some.Issues[1].OnlyIf, err = segment.Parse(`tag:vip or (country = "DE" and joined < 4w ago)`); err != nil {
		t.Fatal(err)
	}
	for _, c := range append(list, c, &hosted, &open, &some) {
		text, err := Define(c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Recall(text)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := Define(got); !bytes.Equal(text, again) || Timetable(got) != Timetable(c) || Outline(got) != Outline(c) {
			t.Errorf("%s: defined anew it is\n%s\nand was\n%s", c.ID, again, text)
		}
		if diff := cmp.Diff(c, got, cmpopts.IgnoreFields(drip.Campaign{}, "Personas", "Images"),
			cmpopts.IgnoreFields(drip.Issue{}, "Body", "BodyLine"), cmpopts.EquateEmpty(),
			cmp.AllowUnexported(timing.Schedule{}, timing.Hours{}, timing.Dates{}, mailaddr.Address{}),
			cmp.Comparer(func(a, b timing.Schedule) bool { return a.Expr() == b.Expr() }),
			cmp.Comparer(func(a, b timing.Dates) bool { return a.Equal(b) })); diff != "" {
			t.Errorf("%s: -was +recalled:\n%s", c.ID, diff)
		}
	}
	if _, err := Recall([]byte(`{"schedule":"often"}`)); err == nil {
		t.Error("a schedule that makes no sense was recalled")
	}
}
