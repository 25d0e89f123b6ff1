/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guard in nft(8)'s words. */
#include "ruleset.h"

#include <linux/icmpv6.h>
#include <netinet/in.h>
#include <netinet/ip.h>

static const char *protocol_word(unsigned int protocol)
{
	switch (protocol) {
	case IPPROTO_TCP: return "tcp";
	case IPPROTO_UDP: return "udp";
	}
	return "igmp";
}

static const char *icmpv6_word(unsigned int type)
{
	switch (type) {
	case ICMPV6_MGM_REPORT: return "mld-listener-report";
	case ICMPV6_MGM_REDUCTION: return "mld-listener-done";
	case RULESET_ROUTER_SOLICIT: return "nd-router-solicit";
	case RULESET_NEIGHBOUR_SOLICIT: return "nd-neighbor-solicit";
	case RULESET_NEIGHBOUR_ADVERT: return "nd-neighbor-advert";
	}
	return "mld2-listener-report";
}

static const char *routed_words(unsigned int option)
{
	switch (option) {
	case IPOPT_LSRR: return "ip option lsrr";
	case IPOPT_SSRR: return "ip option ssrr";
	}
	return "exthdr rt";
}

static const char *ip_word(uint8_t family)
{
	return family == AF_INET ? "ip" : "ip6";
}

static void print_term(const struct ruleset *ruleset, const struct term *term, FILE *out)
{
	const struct set_content *set = &ruleset->sets[ruleset_names_set(term) ? term->set : 0];
	const char *ip = ip_word(set->family);
	char text[PREFIX_TEXT];

	switch (term->kind) {
	case TERM_END: break;
	case TERM_IN: fprintf(out, "iifname \"%s\"", ruleset_link(ruleset, term)); break;
	case TERM_OUT: fprintf(out, "oifname \"%s\"", ruleset_link(ruleset, term)); break;
	case TERM_TO:
		if (!term->prefix.family) {
			fputs("(the address of a name)", out);
			break;
		}
		fprintf(out, "%s daddr %s", ip_word(term->prefix.family),
			prefix_format(&term->prefix, true, text));
		break;
	case TERM_TO_SET: fprintf(out, "%s daddr @%s", ip, set->name); break;
	case TERM_PROTOCOL: fprintf(out, "meta l4proto %s", protocol_word(term->number)); break;
	case TERM_PORT:
		fprintf(out, "%s dport %u", protocol_word(term->protocol), term->number);
		break;
	case TERM_LISTEN_PORT: fprintf(out, "udp sport %u", ruleset->port); break;
	case TERM_ICMPV6: fprintf(out, "icmpv6 type %s", icmpv6_word(term->number)); break;
	case TERM_ROUTED: fprintf(out, "%s exists", routed_words(term->number)); break;
	case TERM_UNICAST: fputs("meta pkttype host", out); break;
	case TERM_PROCESS: fputs("meta skuid != 4294967295", out); break;
	case TERM_BOUND: fputs("socket wildcard 0", out); break;
	case TERM_STACK: fputs("meta rtclassid >= 0", out); break;
	case TERM_FRAME: fprintf(out, "meta oiftype ether @ll,96,16 0x%x", term->number); break;
	case TERM_NEW: fputs("ct state new", out); break;
	case TERM_ORIGINAL: fputs("ct direction original", out); break;
	case TERM_REPLY: fputs("ct direction reply", out); break;
	case TERM_MARKED: fprintf(out, "meta mark 0x%08x", term->mark); break;
	case TERM_OF_MARK: fprintf(out, "ct mark 0x%08x", term->mark); break;
	case TERM_MARK_CONNECTION: fprintf(out, "ct mark set 0x%08x", term->mark); break;
	case TERM_MARK_PACKET: fprintf(out, "meta mark set 0x%08x", term->mark); break;
	case TERM_RECORD:
		fprintf(out, "update @%s { udp sport . udp dport . %s saddr : %s daddr }",
			set->name, ip, ip);
		break;
	case TERM_ANSWER:
		fprintf(out, "%s saddr set udp dport . udp sport . %s daddr map @%s", ip, ip,
			set->name);
		break;
	case TERM_ACCEPT: fputs("accept", out); break;
	case TERM_DROP: fputs("drop", out); break;
	case TERM_RETURN: fputs("return", out); break;
	case TERM_JUMP: fprintf(out, "jump %s", ruleset_chains[term->chain].name); break;
	case TERM_GOTO: fprintf(out, "goto %s", ruleset_chains[term->chain].name); break;
	case TERM_RESET: fputs("reject with tcp reset", out); break;
	case TERM_REJECT: fputs("reject with icmpx admin-prohibited", out); break;
	}
}

static void print_row(const struct ruleset *ruleset, const struct row *row, FILE *out)
{
	for (size_t i = 0; i < RULESET_TERMS && row->terms[i].kind != TERM_END; i++) {
		fputs(i ? " " : "", out);
		print_term(ruleset, &row->terms[i], out);
	}
}

void ruleset_describe(const struct ruleset *ruleset, const struct row *row, char *out, size_t size)
{
	FILE *stream;

	*out = '\0';
	stream = fmemopen(out, size, "w");
	if (!stream)
		return;
	print_row(ruleset, row, stream);
	fclose(stream);
	out[size - 1] = '\0';
}

/* Two IPv4 ones on a line, one IPv6 one. */
static void print_elements(const struct set_content *set, FILE *out)
{
	size_t columns = set->family == AF_INET ? 2 : 1;
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < set->count; i++) {
		if (i == 0)
			fputs("\t\telements = { ", out);
		else
			fputs(i % columns ? ", " : ",\n\t\t\t     ", out);
		fputs(prefix_format(&set->prefixes[i], true, text), out);
	}
	fputs(" }\n", out);
}

static void print_set(const struct set_content *set, FILE *out)
{
	const char *type = set->family == AF_INET ? "ipv4_addr" : "ipv6_addr";

	fprintf(out, "\t%s %s {\n", set->map ? "map" : "set", set->name);
	if (set->map) {
		fprintf(out, "\t\ttype inet_service . inet_service . %s : %s\n", type, type);
		fprintf(out, "\t\tsize %d\n\t\tflags dynamic,timeout\n\t\ttimeout %dm\n",
			RULESET_ASKED_MOST, RULESET_ASKED_SECONDS / 60);
	} else {
		fprintf(out, "\t\ttype %s\n%s", type, set->interval ? "\t\tflags interval\n" : "");
		print_elements(set, out);
	}
	fputs("\t}\n\n", out);
}

/* DEVICE, with a blank after it, or nothing; every line after PREFIX. */
static void print_chain(const struct ruleset *ruleset, enum chain chain, const char *device,
			const char *prefix, FILE *out)
{
	const struct chain_place *place = &ruleset_chains[chain];

	fprintf(out, "%s\tchain %s {\n", prefix, place->name);
	if (place->type)
		fprintf(out, "%s\t\ttype %s hook %s %spriority %s; policy %s;\n", prefix,
			place->type, place->hook_word, device, place->priority_word,
			ruleset_drops(ruleset, chain) ? "drop" : "accept");
	for (size_t i = 0; i < ruleset->rows_count; i++) {
		if (ruleset->rows[i].chain != chain)
			continue;
		fprintf(out, "%s\t\t", prefix);
		print_row(ruleset, &ruleset->rows[i], out);
		fputc('\n', out);
	}
	fprintf(out, "%s\t}\n", prefix);
}

void ruleset_print(const struct ruleset *ruleset, FILE *out)
{
	fputs("table inet " RULESET_TABLE " {\n", out);
	for (size_t i = 0; i < SETS; i++)
		if (ruleset->sets[i].used)
			print_set(&ruleset->sets[i], out);
	for (enum chain chain = 0; chain < CHAINS_INET; chain++) {
		if (!ruleset_has_chain(ruleset, chain))
			continue;
		print_chain(ruleset, chain, "", "", out);
		if (chain != CHAIN_REFUSE)
			fputc('\n', out);
	}
	fputs("}\n", out);
}

void ruleset_print_frames(const struct ruleset *ruleset, const char *prefix, FILE *out)
{
	fprintf(out, "%stable netdev " RULESET_TABLE " {\n", prefix);
	print_chain(ruleset, CHAIN_FRAMES, "device \"eth0\" ", prefix, out);
	fprintf(out, "%s}\n", prefix);
}
