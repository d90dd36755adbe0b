package preview

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// foreseeing is a preview whose plans are made by a function.
func foreseeing(t *testing.T, plan func(context.Context, string) (Plan, error)) *Preview {
	t.Helper()
	f := shelf(t, series())
	return New(Options{
		Load: f.load, Now: func() time.Time { return noon }, Plan: plan, NoPlan: "No configuration.",
		Print: func() string { return f.Folder },
	})
}

const calendarAt = "/garden/_calendar"

// live asks for a page as its script does.
func live(t *testing.T, h http.Handler, path string) testkit.Node {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://localhost:7777"+path, nil)
	r.Header.Set(liveHeader, "1")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return testkit.ParseHTML(t, w.Body.String())
}

// TestPlanBesideTheCalendar: the page says what the files would do to how many, and why
// it cannot where it cannot.
func TestPlanBesideTheCalendar(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		plan func(context.Context, string) (Plan, error)
		want []string
	}{
		{"edited", func(_ context.Context, campaign string) (Plan, error) {
			return Plan{
				Headline: campaign + " changes", Edits: []string{"two (<text> edited): 3 get it Tue 31 Mar"}, Turns: []string{"3 get the next issue a week later"},
				Warnings: []string{"too many for the relay"}, Changes: true, Readers: 10, Unchanged: 7,
				Errors: []drip.Finding{{File: "campaigns/garden/campaign.yaml", Line: 2, Severity: drip.SeverityError, Message: "another has the key"}},
			}, nil
		}, []string{"garden changes", "two (<text> edited): 3 get it", "For 3 of 10 readers something changes", "a week later", "too many for the relay", "another has the key", "campaign.yaml:2", "a running serve adopts"}},
		{"the same", func(context.Context, string) (Plan, error) { return Plan{Headline: "nothing changes"}, nil }, []string{"nothing changes", "Looking adopts nothing."}},
		{"no database", func(context.Context, string) (Plan, error) { return Plan{}, drip.ErrNotFound }, []string{"There is no database yet"}},
		{"trouble", func(context.Context, string) (Plan, error) { return Plan{}, errors.New("the disk is on fire") }, []string{"cannot be looked at: the disk is on fire"}},
		{"no configuration", nil, []string{"No configuration."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := foreseeing(t, test.plan)
			text := page(t, h, calendarAt).One(t, "#plan").Text()
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("the page says\n%s\nand not %q", text, want)
				}
			}
		})
	}
}

// TestPlanThatTakesLong: a page that follows the files is not kept waiting for it, and is
// told when it is there; a page that was just opened waits.
func TestPlanThatTakesLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		h := foreseeing(t, func(ctx context.Context, _ string) (Plan, error) {
			asked++
			select {
			case <-time.After(10 * time.Second):
				return Plan{Headline: "at last"}, nil
			case <-ctx.Done():
				return Plan{}, ctx.Err()
			}
		})
		rings, told := h.desk.bell.listen()
		at := time.Now()
		if text := live(t, h, calendarAt).One(t, "#plan").Text(); !strings.Contains(text, "being worked out") || time.Since(at) > patience {
			t.Errorf("after %v the page says %s", time.Since(at), text)
		}
		<-told
		if now, _ := h.desk.bell.listen(); now != rings+1 {
			t.Errorf("it was rung %d times", now-rings)
		}
		if text := live(t, h, calendarAt).One(t, "#plan").Text(); !strings.Contains(text, "at last") || asked != 1 {
			t.Errorf("the page that was told says %s, after %d questions", text, asked)
		}
		time.Sleep(2 * planFresh) // of the bubble
		if text := page(t, h, calendarAt).One(t, "#plan").Text(); !strings.Contains(text, "at last") || asked != 2 {
			t.Errorf("the page that was opened later says %s, after %d questions", text, asked)
		}
		synctest.Wait()
		if now, _ := h.desk.bell.listen(); now != rings+1 {
			t.Error("pages are told of what nobody missed, and would ask for ever")
		}
	})
}

// TestPlanOfAnEarlierVersion is given up when the files change, and all are when the
// preview ends. What is overtaken before it begins never does.
func TestPlanOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun, ended := 0, 0
		h := foreseeing(t, func(ctx context.Context, _ string) (Plan, error) {
			begun++
			<-ctx.Done()
			time.Sleep(time.Second) // of the bubble: it does not stop at once
			ended++
			return Plan{}, ctx.Err()
		})
		first := h.ask(t.Context(), 1, "garden")
		if again := h.ask(t.Context(), 1, "garden"); again != first {
			t.Error("the same is asked twice")
		}
		synctest.Wait()
		h.ask(t.Context(), 2, "garden")
		third := h.ask(t.Context(), 3, "garden")
		<-first.done
		synctest.Wait()
		if begun != 2 {
			t.Errorf("%d have begun, want the first and the third", begun)
		}
		if h.plans.close(); ended != 2 || third.err == nil {
			t.Errorf("%d of 2 ended", ended)
		}
		if h.ask(t.Context(), 4, "garden") != nil {
			t.Error("something is asked for after the end")
		}
	})
}
