package cli

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"partwork/internal/campaignfile"
	"partwork/internal/compose"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/timing"
	"partwork/templates"
)

// folder is the campaigns folder as its files are, read without a database.
type folder struct {
	cfg *config.Config
	// name is the folder as findings show it.
	name    string
	root    *os.Root
	options campaignfile.Options
	library campaignfile.Library
	// layouts is nil if they cannot be used; layoutsErr then says why.
	layouts    *compose.Layouts
	layoutsErr error
}

// openFolder reads the campaigns folder.
func (e *env) openFolder() (*folder, error) {
	f, err := e.openRoot()
	if err != nil {
		return nil, err
	}
	f.library = campaignfile.Load(f.root.FS(), f.options)
	f.layouts, f.layoutsErr = compose.LoadLayouts(templates.Overlay(f.cfg.Templates))
	return f, nil
}

// openRoot opens the campaigns folder and reads nothing in it yet.
func (e *env) openRoot() (*folder, error) {
	cfg, err := e.files()
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(cfg.Campaigns)
	if err != nil {
		return nil, noFolder(cfg, err)
	}
	f := &folder{cfg: cfg, name: filepath.ToSlash(relative(cfg.Campaigns)), root: root}
	f.options = campaignfile.Options{Name: f.name, Today: timing.DateAt(e.now().In(cfg.Location()))}
	return f, nil
}

// badLayouts says why the layouts cannot be used.
func (f *folder) badLayouts() drip.Finding {
	return drip.Finding{
		File: filepath.ToSlash(relative(f.cfg.Templates)), Severity: drip.SeverityError, Rule: "template",
		Message: f.layoutsErr.Error(), Fix: "correct the file, or remove it to use the built-in one",
	}
}

// noFolder explains a campaigns folder that cannot be opened.
func noFolder(cfg *config.Config, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return usagef("`partwork init DIR` makes a project; in one, run partwork from its folder or name its configuration with --config, "+
			"where campaigns: names the folder",
			"the campaigns folder %s does not exist", relative(cfg.Campaigns))
	}
	return usagef("", "the campaigns folder cannot be opened: %v", err)
}

func (f *folder) close() { _ = f.root.Close() }

// campaign returns the campaign with an id, which has no errors.
func (f *folder) campaign(id string) (*drip.Campaign, error) {
	var ids []string
	for _, c := range f.library.Campaigns {
		if c.ID == id {
			return c, nil
		}
		ids = append(ids, c.ID)
	}
	if f.holds(id) {
		return nil, failf("`partwork check "+id+"` says what is wrong", "campaign %q has errors", id)
	}
	return nil, noCampaign(id, ids)
}

// issue returns the campaign and the place of an issue that was named
// "CAMPAIGN/ISSUE". The layouts are usable then.
func (f *folder) issue(name string) (*drip.Campaign, int, error) {
	if f.layoutsErr != nil {
		return nil, 0, failf("correct the file below "+relative(f.cfg.Templates), "the templates cannot be used: %v", f.layoutsErr)
	}
	id, issue, ok := strings.Cut(name, "/")
	if !ok {
		return nil, 0, usagef("such as garden-notes/welcome", "expected CAMPAIGN/ISSUE, found %q", name)
	}
	c, err := f.campaign(id)
	if err != nil {
		return nil, 0, err
	}
	if at := c.Issue(issue); at >= 0 {
		return c, at, nil
	}
	return nil, 0, noIssue(c, issue)
}

// noIssue says that a campaign lacks an issue, and which it has.
func noIssue(c *drip.Campaign, id string) error {
	var ids []string
	for i := range c.Issues {
		ids = append(ids, c.Issues[i].ID)
	}
	advice := "its issues are " + strings.Join(ids, ", ")
	if near := nearest(id, ids); near != "" {
		advice = "did you mean " + c.ID + "/" + near + "?"
	}
	return failf(advice, "campaign %q has no issue %q", c.ID, id)
}

// holds reports whether there is a folder of that name.
func (f *folder) holds(id string) bool {
	if id == "" || strings.ContainsAny(id, `/\.`) {
		return false
	}
	info, err := f.root.Stat(id)
	return err == nil && info.IsDir()
}

// findings returns the given findings and all that is wrong or doubtful: in the
// files, on the calendar, and in the messages made of them. They are sorted by
// file and line.
func (f *folder) findings(more []drip.Finding) []drip.Finding {
	all := slices.Concat(f.library.Findings, f.doubts(), f.unsigned(), f.unaligned(), more)
	if len(f.library.Campaigns) == 0 && len(all) == 0 {
		all = append(all, drip.Finding{
			File: f.name, Severity: drip.SeverityWarning, Rule: campaignfile.RuleLayout,
			Message: "the folder " + f.name + " holds no campaign", Fix: "put a folder with a campaign.yaml there",
		})
	}
	if f.layoutsErr != nil {
		all = append(all, f.badLayouts())
	} else {
		all = append(all, f.untranslated()...)
		for _, c := range f.library.Campaigns {
			all = append(all, f.lint(c)...)
		}
	}
	slices.SortStableFunc(all, func(a, b drip.Finding) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
	return slices.Compact(all) // campaigns share the confirmation
}

// doubts returns what is probably not meant about the dates of the campaigns.
func (f *folder) doubts() []drip.Finding {
	var all []drip.Finding
	for _, c := range f.library.Campaigns {
		all = append(all, campaignfile.Doubts(f.root.FS(), c, f.options)...)
	}
	return all
}

// untranslated returns what the operator's languages lack.
func (f *folder) untranslated() []drip.Finding {
	found := f.layouts.Doubts()
	for i := range found {
		found[i].File = path.Join(filepath.ToSlash(relative(f.cfg.Templates)), found[i].File)
	}
	return found
}

// lint returns what is wrong with the messages of a campaign.
func (f *folder) lint(c *drip.Campaign) []drip.Finding {
	personas, _ := campaignfile.Personas(f.root.FS(), c, f.options)
	readers := make([]compose.Reader, len(personas))
	for i, p := range personas {
		readers[i] = readerOf(p)
	}
	found := compose.Lint(c, f.layouts, readers)
	for i, finding := range found {
		if strings.HasPrefix(finding.File, c.ID+"/") {
			found[i].File = path.Join(f.name, finding.File)
		} else {
			found[i].File = path.Join(filepath.ToSlash(relative(f.cfg.Templates)), finding.File)
		}
	}
	return append(found, f.unasked(c, personas)...)
}

// readerOf returns a persona as a reader.
func readerOf(p campaignfile.Persona) compose.Reader {
	return compose.Reader{Email: p.Email, Name: p.Name, Timezone: p.Timezone, Attributes: p.Attributes}
}
