package cli

// starterConfig is the partwork.yaml that init writes. It works as it is with
// any SMTP server on this machine's port 1025.
const starterConfig = `# The configuration of Partwork. It is strict: an unknown key is an error that names its line.
# Every key can also be set by the environment: smtp.host is PARTWORK_SMTP_HOST.
# Lines that begin with "#" show keys that are not set.

database: data/partwork.db     # everything there is to know; serve copies it every night: see backup
state_dir: data/state          # better on another disk: what must not travel with a copy of the database
secret_file: data/secret       # signs the links in emails; made when missing; back it up, and keep it private
campaigns: campaigns           # one folder for each series
templates: templates           # files here replace the built-in ones of the same name; need not exist

listen: 127.0.0.1:8080         # the readers' pages: confirm, leave
listen_private: 127.0.0.1:8081 # health, for you only
public_url: http://127.0.0.1:8080   # CHANGE before you write to others: how readers reach the pages, https
timezone: UTC                  # for campaigns and readers that have none, such as Europe/London

smtp:                          # CHANGE before you write to others: the server that takes your mail
  host: 127.0.0.1              # as it is: an inbox for trying things out, on this machine
  port: 1025
  tls: none                    # starttls or implicit; none is for this machine only
  # username: letters
  # password_file: data/smtp.password   # one line, chmod 600
  connections: 4
  rate: 10                     # messages per second; 0 is no limit

backup:
  schedule: "30 3 * * *"       # cron expression on the clock of timezone; off for none
  dir: data/backups            # better on another disk
  keep: 7                      # how many copies stay

log:
  format: text                 # or json
  level: info                  # debug, info, warn or error
`

// starterIgnore keeps private things out of version control.
const starterIgnore = `# People's addresses and the keys that sign links. Never commit them.
/data/
`

// approvalStep is what init says of a campaign with review: required.
const approvalStep = `  partwork approve %s   nothing of it is sent before; its README.md says who should read it first
`

// nextSteps is what init says. It is given the folder, the campaign and the
// step of approval, if there is one.
const nextSteps = `made a project in %[1]s:

  partwork.yaml            the configuration, with comments
  campaigns/%-14[2]s a series to make your own: Markdown files and campaign.yaml
  data/                    for the database and the secrets; private, and not for version control

next:

  cd %[1]s
  partwork new campaign NAME   a series of your own, with drafts that show all that can be written
  partwork preview       read the letters in the browser, as your readers will
  partwork check         is everything right? (placeholders are only warned about)

to see it send, run an inbox in another terminal, in the same folder. It is the relay that partwork.yaml
names, and keeps all mail on this machine. Then, with any address:

  partwork inbox         shows at http://127.0.0.1:8025 what is sent
  partwork send-test %[2]s/welcome --to you@your-domain
  partwork forecast %[2]s   who gets what when
%[3]s  partwork subscriber add you@your-domain --enroll %[2]s --consent "my own address" --now
  partwork serve         sends what is due until you stop it with Ctrl-C
  partwork status        is it healthy, what is next, what needs me
  partwork log           who got what, when, and what the relay said

before you write to others: replace public_url and smtp in partwork.yaml, and the lines marked CHANGE
in campaigns/%[2]s/campaign.yaml. Your own list comes in with partwork import.
docs/TUTORIAL.md of Partwork walks through all of it.
`
