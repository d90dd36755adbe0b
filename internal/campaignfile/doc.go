// Package campaignfile reads campaigns from a folder of Markdown and YAML.
//
// A campaign is a folder whose name is its id. It holds campaign.yaml, one
// Markdown file per issue, and perhaps personas.yaml and series_test.yaml. Issues
// come in the order of their file names, which therefore start with a number:
// 01-welcome.md. README.md and files whose names start with "_" or "." are not
// issues.
//
// Reading is strict, because a typing error that is passed over in silence is
// noticed when the wrong email has gone out. Everything that is wrong with a
// folder is reported at once, each finding with its file and line, what was
// found, what was expected, and what to do. A campaign with an error is not
// returned at all, so that the caller keeps the last version that was good.
//
// What may be meant, but probably is not, is for [Doubts] to say, and whether
// readers get what the authors promise them for [RunSeriesTests]. Nobody's mail
// depends on either, and loading does without them.
//
// The files belong to people who may not be the operator. Give the package a
// file system that cannot be left, such as that of an os.Root; sizes, nesting
// and the YAML features in use are bounded here.
package campaignfile
