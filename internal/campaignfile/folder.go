package campaignfile

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

const (
	campaignFile     = "campaign.yaml"
	personasFile     = "personas.yaml"
	personaTableFile = "personas.csv" // what older projects have
	linkFix          = "put the file itself there; links that leave the campaigns folder are not followed"
)

// folder is a campaign's folder while it is read.
type folder struct {
	fsys   fs.FS
	dir    string
	report *report
	zones  *timing.Zones
	// campaign is what could be read so far; its Key is empty unless it is
	// well-formed, and then stands on keyLine.
	campaign *drip.Campaign
	keyLine  int
	// idLines remembers where each issue id was found first.
	idLines map[string]spot
	// ignored says that the folder is not a campaign's.
	ignored bool
}

// readFolder reads a campaign's folder and reports all that is wrong with it.
func readFolder(fsys fs.FS, dir string, opts Options) *folder {
	f := newFolder(fsys, dir, opts)
	list, ok := f.list()
	if !ok {
		return f
	}
	if !list.campaign {
		f.missingCampaign(list)
		return f
	}
	f.readCampaign()
	for _, name := range list.issues {
		f.readIssue(name)
	}
	if len(list.issues) == 0 {
		f.report.at(dir, 0).errorf(RuleLayout, "write one, beginning with front matter that gives its id and subject",
			"the campaign has no issues; expected Markdown files such as 01-welcome.md")
	}
	checkOrder(f, list.issues)
	f.readImages()
	f.choosePersonas(list)
	return f
}

func newFolder(fsys fs.FS, dir string, opts Options) *folder {
	return &folder{
		fsys: fsys, dir: dir, report: newReport(opts), zones: timing.NewZones(),
		campaign: &drip.Campaign{}, idLines: map[string]spot{},
	}
}

// result returns the campaign, or nil if it has an error or is none.
func (f *folder) result() *drip.Campaign {
	if f.ignored || f.report.failed() {
		return nil
	}
	return f.campaign
}

// file returns the path of one of the folder's files.
func (f *folder) file(name string) string { return path.Join(f.dir, name) }

// listing sorts the files of a campaign's folder.
type listing struct {
	campaign        bool
	personas, table bool     // personas.yaml, personas.csv
	issues          []string // in name order
	lookalike       string   // a file that was probably meant to be campaign.yaml
}

func (f *folder) list() (listing, bool) {
	entries, err := fs.ReadDir(f.fsys, f.dir)
	if err != nil {
		f.report.at(f.dir, 0).errorf(RuleUnreadable, "check the name and permissions of the folder",
			"the folder cannot be read: %s", reason(err))
		return listing{}, false
	}
	var list listing
	for _, entry := range entries {
		switch name := entry.Name(); {
		case name == campaignFile:
			list.campaign = true
		case name == personasFile:
			list.personas = true
		case name == personaTableFile:
			list.table = true
		case notAnIssue(name), name == seriesTestFile:
		case strings.HasSuffix(name, ".md"):
			list.issues = append(list.issues, name)
		default:
			f.checkLookalike(name, &list)
		}
	}
	return list, true
}

// checkLookalike notices names that nearly mean something.
func (f *folder) checkLookalike(name string, list *listing) {
	lower := strings.ToLower(name)
	switch ext := path.Ext(lower); {
	case strings.HasPrefix(lower, "persona") && slices.Contains([]string{".yml", ".yaml", ".csv", ".json"}, ext):
		f.report.at(f.file(name), 0).warnf(RulePersonas, "rename it to "+personasFile,
			"this file is ignored; personas stand in %s", personasFile)
	case ext == ".yml" || ext == ".yaml":
		list.lookalike = name
	case ext == ".md" || ext == ".markdown":
		f.report.at(f.file(name), 0).warnf(RuleLayout, `let its name end in ".md" if it is an issue`,
			"this file is ignored, because its name ends in %q", path.Ext(name))
	}
}

// missingCampaign says what a folder without campaign.yaml is taken for.
func (f *folder) missingCampaign(list listing) {
	spot := f.report.at(f.dir, 0)
	switch {
	case list.lookalike != "":
		spot.errorf(RuleLayout, "rename "+list.lookalike+" to campaign.yaml",
			"there is no campaign.yaml in this folder, but a %s", list.lookalike)
	case len(list.issues) > 0:
		spot.errorf(RuleLayout, "add campaign.yaml, or move the folder elsewhere",
			"there are Markdown files in this folder, such as %s, but no campaign.yaml", list.issues[0])
	default:
		f.ignored = true
		spot.warnf(RuleLayout, `remove the folder, or let its name start with "_"`,
			"this folder holds no campaign and is ignored")
	}
}

// notAnIssue reports whether a Markdown file of this name is for the authors.
func notAnIssue(name string) bool {
	return hidden(name) || strings.EqualFold(name, "README.md")
}

// hidden reports whether a file or folder was set aside by its name.
func hidden(name string) bool { return name[0] == '_' || name[0] == '.' }

var leadingNumber = regexp.MustCompile(`^[0-9]{1,9}`)

// checkOrder warns when files are numbered so that their numbers and their
// names disagree: 10-b.md comes before 9-a.md.
func checkOrder(f *folder, names []string) {
	highest, holder := -1, ""
	for _, name := range names {
		number, err := strconv.Atoi(leadingNumber.FindString(name))
		if err != nil {
			continue
		}
		if number < highest {
			f.report.at(f.file(name), 0).warnf(RuleFileOrder, "write all numbers with the same count of digits",
				"by its name this issue comes after %s; the order of issues is that of their names, not of their numbers", holder)
			continue
		}
		highest, holder = number, name
	}
}
