package campaignfile

import (
	"io/fs"
	"strings"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// Options adapt loading to its caller. The zero value is fine.
type Options struct {
	// Name is the campaigns folder as the person knows it, such as
	// "campaigns". Findings put it before the file; issues do not.
	Name string
	// Today is the date that review_by is compared with. The zero date warns
	// of nothing.
	Today timing.Date
}

// Library is what a campaigns folder holds.
type Library struct {
	// Campaigns are those without an error, by id.
	Campaigns []*drip.Campaign
	// Findings are all errors and warnings, by file and line within each
	// campaign.
	Findings []drip.Finding
}

// Load reads every campaign below fsys, the campaigns folder. It does not stop
// at an error: a campaign that has one is left out, and the rest is returned.
func Load(fsys fs.FS, opts Options) Library {
	top := newReport(opts)
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		top.at(".", 0).errorf(RuleUnreadable, "check the name and permissions of the folder",
			"the campaigns folder cannot be read: %s", reason(err))
		return Library{Findings: top.findings}
	}
	var folders []*folder
	for _, entry := range entries {
		switch kindOf(fsys, entry) {
		case kindFolder:
			folders = append(folders, readFolder(fsys, entry.Name(), opts))
		case kindBrokenLink:
			top.at(entry.Name(), 0).errorf(RuleUnreadable, linkFix, "the link cannot be followed")
		case kindFile:
			checkStray(top, entry.Name())
		}
	}
	checkKeys(folders)
	lib := Library{Findings: top.sorted()}
	for _, f := range folders {
		lib.Findings = append(lib.Findings, f.report.sorted()...)
		if c := f.result(); c != nil {
			lib.Campaigns = append(lib.Campaigns, c)
		}
	}
	return lib
}

// LoadOne reads the campaign in the folder dir of fsys. The campaign is nil if
// one of the findings is an error. Unlike Load it cannot see that another
// campaign has the same key.
func LoadOne(fsys fs.FS, dir string, opts Options) (*drip.Campaign, []drip.Finding) {
	f := readFolder(fsys, dir, opts)
	if f.ignored {
		f.report.at(dir, 0).errorf(RuleLayout, `"partwork init" makes a project with a campaign to start from`,
			"there is no campaign.yaml in this folder")
	}
	return f.result(), f.report.sorted()
}

// checkStray reports files that somebody probably meant to have an effect but
// that lie beside the campaigns instead of in one.
func checkStray(top *report, name string) {
	switch {
	case name == campaignFile:
		top.at(name, 0).errorf(RuleLayout, "move the files into a folder named like the campaign's id",
			"campaign.yaml lies in the campaigns folder itself; every campaign has a folder of its own")
	case strings.HasSuffix(name, ".md") && !notAnIssue(name):
		top.at(name, 0).warnf(RuleLayout, "move it into the folder of its campaign",
			"this Markdown file is in no campaign's folder and is ignored")
	}
}

// checkKeys reports keys that more than one campaign has. All of them are wrong
// until a person says which is the copy: a public link must name one series.
func checkKeys(folders []*folder) {
	first := map[string]*folder{}
	for _, f := range folders {
		key := f.campaign.Key
		other := first[key]
		switch {
		case key == "":
		case other == nil:
			first[key] = f
		default:
			reportTaken(f, other)
			reportTaken(other, f)
		}
	}
}

func reportTaken(f, other *folder) {
	f.report.at(f.file(campaignFile), f.keyLine).errorf(RuleID,
		"give the newer of the two campaigns a key of its own",
		"the key %q is also that of %s; public links need one that is unique",
		f.campaign.Key, other.report.at(other.file(campaignFile), other.keyLine))
}
