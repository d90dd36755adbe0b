package campaignfile

import (
	"io/fs"
	"path"
	"slices"
)

// IssueFile is the file of an issue.
type IssueFile struct {
	// Name is that of the file in its campaign's folder.
	Name string
	// ID is the issue's; empty if it cannot be read.
	ID string
}

// Scan lists the issue files of the campaign in the folder dir of fsys in their
// order, whatever else is wrong with them or with the campaign. False means that
// there is no campaign: no such folder, or none with a campaign.yaml.
func Scan(fsys fs.FS, dir string) ([]IssueFile, bool) {
	f := newFolder(fsys, dir, Options{})
	list, ok := f.list()
	if !ok || !list.campaign {
		return nil, false
	}
	files := make([]IssueFile, len(list.issues))
	for i, name := range list.issues {
		f.readIssue(name)
		files[i].Name = name
	}
	for i := range f.campaign.Issues {
		name := path.Base(f.campaign.Issues[i].File)
		at := slices.IndexFunc(files, func(file IssueFile) bool { return file.Name == name })
		files[at].ID = f.campaign.Issues[i].ID
	}
	return files, true
}
