from tests.plugins.application import HTMX, assert_fragment
import pytest

@pytest.mark.parametrize("name", ["personas", "direcciones", "vehiculo", "datos"])
def test_each_section_is_a_page_and_a_fragment(name, investigador, oficio):
    url = f"/oficios/{oficio.id}/{name}"
    page = investigador.get(url)
    assert page.status_code == 200, page.text[-3000:]
    assert_fragment(investigador.get(url, headers=HTMX), f"oficio-{name}-{oficio.id}")

def test_new(investigador):
    assert investigador.get("/oficios/nuevo").status_code == 200
