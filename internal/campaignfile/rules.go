package campaignfile

// The rules that findings of this package refer to. The names are stable:
// scripts may filter `check --json` by them.
const (
	RuleLayout       = "layout"        // a file or folder where none is expected, or none where one is
	RuleUnreadable   = "unreadable"    // a file that cannot be opened or is too big
	RuleEncoding     = "encoding"      // not UTF-8 text
	RuleFrontMatter  = "front-matter"  // no front matter, or one that never ends
	RuleSyntax       = "syntax"        // not YAML, or YAML beyond plain keys and values
	RuleUnknownKey   = "unknown-key"   // a key that means nothing
	RuleDuplicateKey = "duplicate-key" // a key that stands twice
	RuleMissingKey   = "missing-key"   // a key that must be there
	RuleWrongType    = "wrong-type"    // a list where a text belongs, and the like
	RuleID           = "id"            // an id or key that is ill-formed, taken, or not the folder's name
	RuleText         = "text"          // a text that is empty or has control characters
	RuleChoice       = "choice"        // none of the words that may stand here
	RuleRange        = "range"         // a number that is too small or too big
	RuleSchedule     = "schedule"      // a schedule that cannot be
	RuleTimezone     = "timezone"      // no IANA zone
	RuleDate         = "date"          // no date, or no set of dates
	RuleHours        = "hours"         // no hours of the day
	RuleDuration     = "duration"      // no length of time
	RuleLanguage     = "language"      // no language tag
	RuleSender       = "sender"        // no mailbox
	RuleBody         = "body"          // an issue without text
	RuleFileOrder    = "file-order"    // warning: numbers and names of files disagree about the order
	RulePlaceholder  = "placeholder"   // warning: a value that was meant to be replaced
	RuleReviewDue    = "review-due"    // warning: review_by has passed
	RulePersonas     = "personas"      // warning: a persona that cannot be used, or a file of them that is not read
	RuleHostedImages = "hosted-images" // warning: images that readers fetch from this server
	RuleArchive      = "archive"       // warning: a discreet campaign that everybody may read
	RuleSeriesTest   = "series-test"   // a series test that fails, or makes no sense

	RuleOnlyIf = "only-if" // a filter that cannot be read, or (a warning) that selects nobody

	// What only [Doubts] says.
	RuleClockChange = "clock-change" // warning: a time of the day that some clock leaves out
	RuleOften       = "often"        // warning: a schedule that comes every hour or more often
	RuleMinGap      = "min-gap"      // warning: issues keep so far apart that they miss slots
	RuleMaxLate     = "max-late"     // warning: an issue may leave later than the slot after its own
	RuleLateHours   = "late-hours"   // warning: hours in which no late issue could leave
	RuleQuiet       = "quiet"        // warning: quiet dates that leave no slot
	RuleNotBefore   = "not-before"   // warning: a date that holds nobody back
	RuleSkipSlots   = "skip-slots"   // warning: a very long break
	RuleWeekday     = "weekday"      // warning: a text that names a day on which its issue, or the next, does not leave
	RuleDated       = "dated"        // warning: a text that names a date which will have passed for later readers
)
