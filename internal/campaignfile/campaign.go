package campaignfile

import (
	"errors"
	"path"
	"regexp"
	"strings"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/timing"
)

// campaignKeys are the keys of campaign.yaml.
var campaignKeys = []string{
	"id", "key", "title", "language", "from", "reply_to", "postal_address",
	"schedule", "timezone", "default_timezone", "first", "min_gap", "max_late",
	"late_hours", "quiet", "give_up", "reopen_within", "review", "on_unknown",
	"discreet", "images", "signup", "archive",
}

// What keys have that are not given.
const (
	defaultLateHours    = "08:00-20:00"
	defaultGiveUp       = 3
	defaultReopenWithin = 180 * day
	maxGiveUp           = 52
)

var (
	idSyntax  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	keySyntax = regexp.MustCompile(`^[a-z0-9]{6,32}$`)
)

// readCampaign reads campaign.yaml into the folder's campaign.
func (f *folder) readCampaign() {
	text, ok := f.text(campaignFile)
	if !ok {
		return
	}
	spot := f.report.at(f.file(campaignFile), 1)
	entries, ok := parseMapping(spot, text)
	if !ok {
		return
	}
	s := newSection(spot, entries, campaignKeys)
	c := f.campaign
	f.readIdentity(s)
	readSender(s, c)
	readSchedule(s, c)
	f.readZones(s)
	c.GiveUp = s.number("give_up", defaultGiveUp, 1, maxGiveUp)
	c.ReopenWithin = parsed(s, "reopen_within", RuleDuration, "write a length of time, such as 180d",
		defaultReopenWithin, parseDuration)
	c.First = drip.First(s.choice("first", string(drip.FirstOnJoin), string(drip.FirstNextSlot)))
	c.Review = drip.Review(s.choice("review", string(drip.ReviewNone), string(drip.ReviewRequired)))
	c.OnUnknown = drip.OnUnknown(s.choice("on_unknown", string(drip.HoldUnknown), string(drip.ResendUnknown)))
	c.Discreet = s.flag("discreet")
	readImagePlace(s, c)
	c.SignUp = readSignUp(s)
	readArchive(s, c)
	c.Quiet = readQuiet(s)
}

// The words of images: where readers have the images of the issues from.
const (
	imagesEmbedded = "embedded"
	imagesHosted   = "hosted"
)

// readImagePlace reads where the images are. Hosted ones are for those who know
// what they do to their readers, so it is said each time.
func readImagePlace(s *section, c *drip.Campaign) {
	if c.HostedImages = s.choice("images", imagesEmbedded, imagesHosted) == imagesHosted; c.HostedImages {
		s.at("images").warnf(RuleHostedImages, "write images: embedded, unless the messages would be too heavy",
			"hosted images tell your server who opens the mail; embedded ones do not")
	}
}

// readIdentity reads what the campaign is called.
func (f *folder) readIdentity(s *section) {
	c := f.campaign
	name := path.Base(f.dir)
	s.require("id", name)
	if id, ok := s.text("id", ""); ok {
		c.ID = id
		switch {
		case !idSyntax.MatchString(id):
			reportID(s.at("id"), "the campaign's id", id)
		case id != name:
			s.at("id").errorf(RuleID, "rename the folder; change the id only if nobody has joined yet",
				"the id is %q, but the folder is called %q; expected the same name", id, name)
		}
	}
	s.require("key", "s7k2qd, with random letters and digits")
	if key, ok := s.text("key", ""); ok {
		if keySyntax.MatchString(key) {
			c.Key, f.keyLine = key, s.at("key").line
		} else {
			s.at("key").errorf(RuleID, "write a random key, and never change it once people have joined",
				"the key is %s; expected 6 to 32 lower-case letters and digits", excerpt(key))
		}
	}
	c.Title = filledLine(s, "title", `"what readers see"`)
	c.Language = parsed(s, "language", RuleLanguage, "write a tag of BCP 47, such as en, pt-BR or zh-Hant",
		"", parseLanguage)
}

func reportID(spot spot, what, id string) {
	spot.errorf(RuleID, "write a short name such as first-steps", "%s is %s; expected "+idForm, what, excerpt(id))
}

const idForm = "at most 64 lower-case letters, digits and hyphens, with no hyphen in front"

// readSender reads who writes, and where they can be found.
func readSender(s *section, c *drip.Campaign) {
	const fix = `write "Name <name@your-domain>"`
	s.require("from", `"Your Name <letters@your-domain>"`)
	c.From = parsed(s, "from", RuleSender, fix, mailaddr.Mailbox{}, mailaddr.ParseMailbox)
	c.ReplyTo = parsed(s, "reply_to", RuleSender, fix, mailaddr.Mailbox{}, mailaddr.ParseMailbox)
	checkSenderPlaceholder(s, "from", c.From)
	checkSenderPlaceholder(s, "reply_to", c.ReplyTo)

	s.require("postal_address", `"Name, street, town, country"; it stands in every footer`)
	c.PostalAddress = readPostalAddress(s)
}

// readSchedule reads when the campaign may send.
func readSchedule(s *section, c *drip.Campaign) {
	s.require("schedule", `"0 9 * * TUE"`)
	c.Schedule = parsed(s, "schedule", RuleSchedule,
		`write five cron fields, such as "0 9 * * TUE" for Tuesdays at 09:00`, timing.Schedule{}, parseSchedule)
	var half time.Duration
	if !c.Schedule.IsZero() {
		half = c.Schedule.Interval() / 2
	}
	const fix = "write auto, or a length of time such as 36h or 3d"
	c.MinGap = parsed(s, "min_gap", RuleDuration, fix, half, autoOr(half, 0))
	c.MaxLate = parsed(s, "max_late", RuleDuration, fix, half, autoOr(half, time.Minute))
	hours, _ := timing.ParseHours(defaultLateHours)
	c.LateHours = parsed(s, "late_hours", RuleHours, "write local hours, such as 08:00-20:00", hours, timing.ParseHours)
}

// parseSchedule drops the beginning of the error, which repeats the key.
func parseSchedule(expr string) (timing.Schedule, error) {
	schedule, err := timing.ParseSchedule(expr)
	if err != nil {
		return schedule, errors.New(strings.TrimPrefix(err.Error(), "schedule "))
	}
	return schedule, nil
}

// autoOr reads "auto" as the given value, and otherwise a length of time of at
// least the given one.
func autoOr(auto, least time.Duration) func(string) (time.Duration, error) {
	return func(text string) (time.Duration, error) {
		if text == "auto" {
			return auto, nil
		}
		return parseAtLeast(text, least)
	}
}

// readZones reads whose clock rules. The zone "subscriber" is the default.
func (f *folder) readZones(s *section) {
	const fix = "write an IANA name such as Europe/London"
	f.campaign.Timezone = parsed(s, "timezone", RuleTimezone, fix+", or subscriber for each reader's own zone",
		drip.SubscriberZone, func(name string) (string, error) {
			if name == drip.SubscriberZone {
				return name, nil
			}
			return f.zone(name)
		})
	f.campaign.DefaultTimezone = parsed(s, "default_timezone", RuleTimezone, fix, "", f.zone)
}

func (f *folder) zone(name string) (string, error) {
	if _, err := f.zones.Load(name); err != nil {
		wrong, _, _ := strings.Cut(err.Error(), "; ") // the fix says what to do
		return "", errors.New(wrong)
	}
	return name, nil
}

// readQuiet reads the dates without sending, each on its own line if it is
// wrong.
func readQuiet(s *section) timing.Dates {
	const fix = `write a list of dates, each like 2027-01-01, 12-24 or 12-24..12-26: ["12-24..12-26", 2027-01-01]`
	items, spots := s.list("quiet", fix)
	var good []string
	for i, item := range items {
		if _, err := timing.ParseDates([]string{item}); err != nil {
			spots[i].errorf(RuleDate, fix, "quiet: %s", strings.TrimPrefix(err.Error(), "dates "))
			continue
		}
		good = append(good, item)
	}
	dates, err := timing.ParseDates(good)
	if err != nil {
		s.at("quiet").errorf(RuleDate, "leave some days for sending", "quiet: %s", strings.TrimPrefix(err.Error(), "dates "))
	}
	return dates
}
