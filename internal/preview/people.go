package preview

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// as looks a subscriber up and goes on as them. The address is in the body of the
// request and the number in the address of the page, so that no address ends up in a
// browser's history.
func (p *Preview) as(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	_, e := p.series(w, r)
	if e == nil {
		return
	}
	if p.options.People == nil {
		p.say(w, http.StatusConflict, "There is no database", "Partwork makes one when it first serves, or imports somebody.")
		return
	}
	typed := strings.TrimSpace(r.PostFormValue("address"))
	address, err := mailaddr.Parse(typed)
	if err != nil {
		p.say(w, http.StatusBadRequest, "This is no address", err.Error())
		return
	}
	who, err := p.options.People.SubscriberByEmail(r.Context(), address)
	switch {
	case errors.Is(err, drip.ErrNotFound):
		p.say(w, http.StatusNotFound, "Nobody has this address", "The database has no subscriber "+address.String()+".")
		return
	case err != nil:
		p.say(w, http.StatusInternalServerError, "The database cannot be read", err.Error())
		return
	}
	l := lookOf(r.URL.Query())
	l.as = "s" + strconv.FormatInt(int64(who.ID), 10)
	page := campaignPath(e.id())
	if id := r.PostFormValue("issue"); id == drip.ConfirmationID || e.Campaign.Issue(id) >= 0 {
		page = issuePath(e.id(), id)
	}
	http.Redirect(w, r, l.at(page), http.StatusSeeOther)
}
