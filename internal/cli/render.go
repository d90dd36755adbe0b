package cli

import (
	"bytes"

	"github.com/spf13/cobra"

	"partwork/internal/compose"
)

// partNames are the values of --part.
var partNames = []string{"eml", "html", "text", "headers"}

func newRender(e *env) *cobra.Command {
	var as, part string
	cmd := &cobra.Command{
		Use:   "render CAMPAIGN/ISSUE",
		Short: "Print the very message that a reader would get",
		Long: "Composes an issue for a persona who joins now and prints it. The links lead nowhere; everything\n" +
			"else is what serve would send. It needs no database.",
		Example: "  partwork render garden-notes/welcome\n" +
			"  partwork render garden-notes/welcome --as midori@example.net --part text\n" +
			"  partwork render garden-notes/welcome --part html > welcome.html",
		Args:              argCount(1, 1),
		ValidArgsFunction: e.completeIssues(1),
	}
	cmd.Flags().StringVar(&as, "as", "", "the `PERSONA` to compose for, by address or name; the first one if empty")
	cmd.Flags().StringVar(&part, "part", "eml", "what to print: eml, html, text or headers")
	_ = cmd.RegisterFlagCompletionFunc("part", cobra.FixedCompletions(partNames, cobra.ShellCompDirectiveNoFileComp))
	asked := asJSON(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		message, err := e.specimen(args[0], as)
		if err != nil {
			return err
		}
		if *asked {
			return e.document(renderedOf(message))
		}
		text, err := partOf(message, part)
		if err != nil {
			return err
		}
		_, err = e.stdout.Write(text)
		return err
	}
	return cmd
}

// specimen composes the named issue for a persona.
func (e *env) specimen(name, as string) (*compose.Message, error) {
	f, err := e.openFolder()
	if err != nil {
		return nil, err
	}
	defer f.close()
	c, issue, err := f.issue(name)
	if err != nil {
		return nil, err
	}
	persona, err := f.persona(c, as)
	if err != nil {
		return nil, err
	}
	return specimen{folder: f, campaign: c, issue: issue, persona: persona, now: e.now()}.message()
}

// partOf returns the part of a message that was asked for.
func partOf(m *compose.Message, part string) ([]byte, error) {
	switch part {
	case "eml":
		return m.Bytes, nil
	case "html":
		return []byte(m.HTML), nil
	case "text":
		return []byte(m.Text), nil
	case "headers":
		var b bytes.Buffer
		for _, h := range m.Headers {
			b.WriteString(h.Name + ": " + h.Value + "\n")
		}
		return b.Bytes(), nil
	}
	return nil, usagef("expected eml, html, text or headers", "there is no part %q of a message", part)
}

// rendered is the JSON of a message.
type rendered struct {
	Subject   string           `json:"subject"`
	Preheader string           `json:"preheader"`
	Headers   []renderedHeader `json:"headers"`
	HTML      string           `json:"html"`
	Text      string           `json:"text"`
	EML       string           `json:"eml"`
}

type renderedHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func renderedOf(m *compose.Message) rendered {
	r := rendered{Subject: m.Subject, Preheader: m.Preheader, HTML: m.HTML, Text: m.Text, EML: string(m.Bytes)}
	for _, h := range m.Headers {
		r.Headers = append(r.Headers, renderedHeader(h))
	}
	return r
}
