"""Headers as buffets, banks and courts write them, with the field that each one means.

Written from the words of public forms: the Poder Judicial's look-up, the Registro Civil's
certificates, municipal permits, and spreadsheets that law firms publish as models. «-» is a header
that names none of an order's fields: taking it for one would be wrong.
"""

from app.planillas.rules.oficio_fields import LAYOUT

VARIANTS = """
numero_oficio: N° Oficio|Nº OFICIO|Nro. Oficio|Num. Oficio|Número de Oficio|OFICIO|Oficio N°
numero_oficio: N° Of.|Nro. Of.|Of. N°|N° de Oficio|Folio Oficio|N° Encargo|Oficio Nro
rol: ROL|Rol Causa|RIT|R.I.T.|Causa Rol|Rol de la causa|N° Rol|Rol N°|ROL/RIT|Causa
tribunal: Tribunal|JUZGADO|Trib.|Juzg.|Tribunal de origen|Nombre Tribunal|Juzgado Civil
tribunal: Tribunal / Juzgado
caratulado: Caratulado|Carátula|CARAT.|Carátula de la causa|Partes
patente: PPU|P.P.U.|Patente|Placa Patente|Placa Patente Única|PLACA|Pat.|N° Patente
patente: Patente (PPU)|Patente Vehículo|PPU Vehículo|Patentes|VEHÍCULOS (PPU)|Placa Única
patente_dv: DV Patente|DV PPU
rut_dv: DV|Dv|Dígito Verificador|DV RUT|Díg. Verif.
marca: Marca|MARCA VEHÍCULO|Marca del vehículo
modelo: Modelo|MODELO VEH.|Modelo del Vehículo
marca_modelo: Marca/Modelo|Marca y Modelo|MARCA - MODELO
anio: Año|AÑO FAB.|Año Fabricación|Año Vehículo|Año modelo|Anio
color: Color|COLOR VEHÍCULO
vin: VIN|N° Chasis|Chasis|VIN/Chasis|Nº de Chasis
propietario_nombre: Nombre|NOMBRE DDO.|Nombre Deudor|Deudor|Demandado|Ejecutado|Titular
propietario_nombre: Nombre o Razón Social|Nombre Completo|Propietario|Nombre del propietario
propietario_nombre: DEUDORES|Nombre Demandada|Ejecutada
propietario_rut: RUT|R.U.T.|Rut Ddo.|RUT Deudor|RUN|Rut Titular|RUTS|Cédula de Identidad|C.I.
propietario_rut: RUT del demandado|Rut Cliente|N° RUT
propietario_telefono: Fono|Teléfono|Teléfonos|Celular|Tel.|Fono contacto|TELÉFONO DEUDOR|Móvil
propietario_telefono: N° Teléfono
propietario_email: E-mail|Correo|Correo electrónico|Mail|CORREOS|Email deudor
direccion: Domicilio|Dirección|DOMICILIOS|Dirección Particular|Dir.|Calle|Domicilio Demandado
comuna: Comuna|Ciudad/Comuna|Comuna Domicilio|COM.
region: Región|Región Domicilio
fecha_oficio: Fecha Oficio|F. Oficio|Fec. Oficio|Fecha del Oficio
fecha_ingreso: Fecha Ingreso|Fec. Ing.|F. Ingreso|Fecha de recepción|Ingreso|Fecha Asignación
fecha_ingreso: Fecha Encargo
fecha_limite: Vence|F. Venc.|Fec. Vcto.|Fecha Vencimiento|Plazo|Fecha Límite|FECHA TÉRMINO
fecha_limite: Vencimiento
notas: Observaciones|Obs.|Comentarios|Notas
otro_nombre: Aval|Nombre Aval|Codeudor
otro_rut: RUT Aval|Rut Codeudor
telefono_2: Teléfono 2|Fono 2
direccion_2: Dirección 2|Otro domicilio
apellido_paterno: Apellido Paterno|Ap. Paterno
apellido_materno: Ap. Materno
rol_anio: Año Causa
-: Abogado|RUT Abogado|Receptor|Demandante|RUT Demandante|Fecha de nacimiento|F. Nac.
-: Fecha Demanda|Fecha Remate|Monto Demandado|Estado|Estado Causa|N° Carpeta|Ejecutivo|Sucursal
-: Banco|Saldo Deuda|N° Operación|Fecha Mora|Fecha Notificación|Correo Abogado|Teléfono Abogado
-: Etapa|Cuantía
"""


def test_headers_are_understood_and_none_is_mistaken():
    cases = [
        (header, campo.strip())
        for campo, headers in (line.split(": ", 1) for line in VARIANTS.strip().splitlines())
        for header in headers.split("|")
    ]
    told = {header: LAYOUT.guess([header]).get(0, "-") for header, _ in cases}
    wrong = {h: told[h] for h, campo in cases if told[h] not in {campo, "-"}}
    missed = [h for h, campo in cases if told[h] == "-" and campo != "-"]
    right = len(cases) - len(wrong) - len(missed)

    print(f"\nEncabezados: {right} de {len(cases)} bien, {len(wrong)} errados")
    assert len(cases) >= 140
    assert wrong == {}
    assert right >= 0.9 * len(cases), missed
