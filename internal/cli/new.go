package cli

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/campaignfile"
)

// drafts are what `partwork new` writes, with @NAME@, @KEY@, @ID@ and @TITLE@ in the
// places of what is the author's.
//
//go:embed starter
var drafts embed.FS

const (
	draftCampaign = "starter/campaign"
	draftIssue    = "starter/issue.md"
)

func newNew(e *env) *cobra.Command {
	return newNoun("new", "Write a campaign or an issue to start from",
		"  partwork new campaign tea-time\n  partwork new issue tea-time \"How long to brew\"",
		newNewCampaign(e), newNewIssue(e))
}

func newNewCampaign(e *env) *cobra.Command {
	var title string
	cmd := &cobra.Command{
		Use:   "campaign NAME",
		Short: "Write a campaign of three drafts that show all there is",
		Long: "Makes a folder of that name in the campaigns folder: campaign.yaml with comments, three issues that\n" +
			"show by example all that can be written, personas to read them as, a picture and a file. The issues are\n" +
			"drafts: nothing is sent before you say so. NAME is the campaign's id for good, in lower-case letters,\n" +
			"digits and hyphens. No file is ever replaced.",
		Example: "  partwork new campaign tea-time\n  partwork new campaign tea-time --title \"Tea, one cup at a time\"",
		Args:    argCount(1, 1),
		RunE:    func(_ *cobra.Command, args []string) error { return e.newCampaign(args[0], title) },
	}
	cmd.Flags().StringVar(&title, "title", "", "the `TITLE` that readers see; made of the name if empty")
	return cmd
}

func (e *env) newCampaign(name, title string) error {
	if err := campaignfile.CheckID(name); err != nil {
		advice := "such as tea-time"
		if id := campaignfile.IDFrom(name); id != "" {
			advice = "`partwork new campaign " + id + "` would do"
		}
		return usagef(advice, "the name of a campaign is that of its folder, and its id: %v", err)
	}
	if title == "" {
		title = strings.ReplaceAll(name, "-", " ")
		title = strings.ToUpper(title[:1]) + title[1:]
	}
	if err := campaignfile.CheckTitle(title); err != nil {
		return usagef("write --title \"A few words\"", "%v", err)
	}
	f, err := e.openFolder()
	if err != nil {
		return err
	}
	defer f.close()
	if _, err := f.root.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return failf("choose another name; `partwork new issue "+name+" TITLE` writes an issue into a campaign",
			"nothing was written: there is %s/%s already", f.name, name)
	}
	if err := writeCampaign(f.root, name, replacer("NAME", name, "KEY", newKey(), "TITLE", strconv.Quote(title))); err != nil {
		return cannotWrite(f.name, err)
	}
	e.stepsAfterCampaign(f.name, name)
	return nil
}

// replacer puts values in the places of @NAME@ and the like: pairs of name and value.
func replacer(pairs ...string) *strings.Replacer {
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "@" + pairs[i] + "@"
	}
	return strings.NewReplacer(pairs...)
}

// writeCampaign writes the drafts of a campaign into a folder of that name. It is
// there as a whole or not at all: until it is whole, its name says that it is no
// campaign.
func writeCampaign(root *os.Root, name string, fill *strings.Replacer) (err error) {
	underway := "." + name[:min(len(name), 40)] + "-" + strings.ToLower(rand.Text()[:8])
	if err := root.Mkdir(underway, 0o755); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = root.RemoveAll(underway)
		}
	}()
	err = fs.WalkDir(drafts, draftCampaign, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || file == draftCampaign {
			return err
		}
		to := path.Join(underway, strings.TrimPrefix(file, draftCampaign+"/"))
		if entry.IsDir() {
			return root.Mkdir(to, 0o755)
		}
		text, err := drafts.ReadFile(file)
		if err != nil {
			return err
		}
		if path.Ext(file) != ".png" {
			text = []byte(fill.Replace(string(text)))
		}
		return createIn(root, to, text)
	})
	if err != nil {
		return err
	}
	return root.Rename(underway, name)
}

// createIn writes a file that is not there yet; there is none if it fails.
func createIn(root *os.Root, name string, text []byte) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = root.Remove(name)
	}
	return err
}

// cannotWrite says why nothing could be written into a folder.
func cannotWrite(folder string, err error) error {
	advice := "check the permissions of the folder, and that the disk has room"
	if errors.Is(err, fs.ErrExist) {
		advice = "choose another name, or move what is there away"
	}
	return failf(advice, "nothing was written into %s: %v", folder, err)
}

func newNewIssue(e *env) *cobra.Command {
	var id, at string
	cmd := &cobra.Command{
		Use:   "issue CAMPAIGN TITLE",
		Short: "Write a draft of an issue, with an id of its own",
		Long: "Writes a Markdown file into the campaign's folder. It is a draft that shows what can be written, and\n" +
			"comes last unless --at says where; the files behind it are renamed then. Its id is made of the title:\n" +
			"the name of the issue for good, which no other issue has or had. No file is ever replaced.",
		Example: "  partwork new issue tea-time \"How long to brew\"\n" +
			"  partwork new issue tea-time \"Before we begin\" --at 1 --id preface",
		Args:              argCount(2, 2),
		ValidArgsFunction: e.completeCampaigns(0, 1),
	}
	cmd.Flags().StringVar(&id, "id", "", "the `ID` of the issue; made of the title if empty")
	cmd.Flags().StringVar(&at, "at", lastPlace, "the `POSITION` in the series, counted from 1")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return e.newIssue(cmd.Context(), args[0], args[1], id, at)
	}
	return cmd
}

func (e *env) newIssue(ctx context.Context, campaign, title, id, at string) error {
	if err := campaignfile.CheckTitle(title); err != nil {
		return usagef("put the subject in quotes, such as \"How long to brew\"", "%v", err)
	}
	if err := campaignfile.CheckID(id); err != nil && id != "" {
		return usagef("such as --id how-long; leave it out to have one made of the title", "%v", err)
	}
	f, err := e.openFolder()
	if err != nil {
		return err
	}
	defer f.close()
	issues, err := f.openIssues(campaign)
	if err != nil {
		return err
	}
	defer issues.close()
	if err := issues.mend(e); err != nil {
		return err
	}
	id, err = issues.chooseID(id, title, e.idsInUse(ctx, campaign))
	if err != nil {
		return err
	}
	issues.files = append(issues.files, campaignfile.IssueFile{Name: campaignfile.NewName(issues.names(), id), ID: id})
	to, err := issues.place(at)
	if err != nil {
		return err
	}
	return e.writeIssue(issues, to, title)
}

// writeIssue writes the last file of the folder, which is new, and moves it to its
// place.
func (e *env) writeIssue(s *issueFolder, to int, title string) error {
	issue := s.files[len(s.files)-1]
	text, err := drafts.ReadFile(draftIssue)
	if err != nil {
		return err
	}
	slices.SortFunc(s.files, func(a, b campaignfile.IssueFile) int { return strings.Compare(a.Name, b.Name) })
	renames, err := campaignfile.Reorder(s.names(), slices.Index(s.files, issue), to)
	if err != nil {
		return failf("rename the files by hand, to 01-….md, 02-….md and so on", "%v", err)
	}
	draft := replacer("ID", issue.ID, "TITLE", strconv.Quote(title)).Replace(string(text))
	if err := createIn(s.dir, issue.Name, []byte(draft)); err != nil {
		return cannotWrite(s.shown, err)
	}
	if err := rename(s.dir, renames); err != nil {
		return failf("see to it that the folder can be written; then `partwork mv "+s.campaign+"/"+issue.ID+" "+strconv.Itoa(to+1)+"` finishes it",
			"the issue %s is written, but not all files could be renamed: %v", issue.ID, err)
	}
	name := issue.Name
	for _, r := range renames {
		if r.From == name {
			name = r.To
		}
	}
	e.say("wrote %s/%s: a draft in place %d of %d, with the id %s", s.shown, name, to+1, len(s.files), issue.ID)
	if others := slices.DeleteFunc(renames, func(r campaignfile.Rename) bool { return r.From == issue.Name || r.To == name }); len(others) > 0 {
		e.showRenames(others)
	}
	if to+1 < len(s.files) {
		e.say("readers who reach a draft wait there: finish it, or move it to the end, before a running serve has many of them")
	}
	e.say("\nnext: write it; `partwork preview` shows it meanwhile, `partwork check %s` says what is wrong with it.", s.campaign)
	e.say("When it is done, delete its line \"draft: true\".")
	return nil
}

// chooseID returns the id that was asked for, or one made of the title. No issue of
// the series has it, and none had it, as far as the database knows.
func (s *issueFolder) chooseID(asked, title string, used []string) (string, error) {
	taken := func(id string) bool {
		return slices.Contains(used, id) || slices.ContainsFunc(s.files, func(f campaignfile.IssueFile) bool { return f.ID == id })
	}
	if asked != "" {
		if taken(asked) {
			return "", failf("readers who had that one would never get the new one; choose another --id",
				"campaign %q has, or had, an issue with the id %q", s.campaign, asked)
		}
		return asked, nil
	}
	base := campaignfile.IDFrom(title)
	if base == "" {
		base = "issue-" + strconv.Itoa(len(s.files)+1)
	}
	id := base
	for n := 2; taken(id); n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	return id, nil
}

// idsInUse returns the ids that issues of a campaign have or had in the database; none
// if there is no database, or it cannot be read.
func (e *env) idsInUse(ctx context.Context, campaign string) []string {
	cfg, err := e.config()
	if err != nil || !exists(cfg.Database.Path()) {
		return nil
	}
	var ids []string
	_ = e.looking(ctx, app.LookAtRecords, func(in *app.Instance) error { // what it cannot tell, `check` and `plan` do
		record, err := campaignRecord(ctx, in, campaign)
		for id := range record.Issues {
			ids = append(ids, id)
		}
		return err
	})
	return ids
}
