package campaignfile

import "partwork/internal/drip"

// readArchive reads whether strangers may read the issues. In a discreet campaign, which
// keeps its topic out of inboxes, that may not be meant.
func readArchive(s *section, c *drip.Campaign) {
	c.Archive = drip.Archive(s.choice("archive", string(drip.ArchiveOff), string(drip.ArchivePublic), string(drip.ArchiveIndexed)))
	if c.Archive.Open() && c.Discreet {
		s.at("archive").warnf(RuleArchive, "write archive: off, unless the topic may be known",
			"the archive shows title and topic of a discreet campaign to everybody who knows its key, which is in the headers of its letters")
	}
}
