package AepBackOffice;

# A server whose website takes back office events, and what a commerce backend sends to it.
#
#     my $shop   = AepBackOffice->start($edge);
#     my $answer = $shop->post($shop->order(42));
#     my $all    = $shop->results($answer);

use strict;
use warnings;

use AepServer;
use Cwd ();
use File::Basename ();
use File::Temp ();
use JSON::PP ();

my $samples = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../backoffice/samples');

our $token = 'token-of-the-shops-own-backend';

# Options: those of AepServer, and `location` (lines for the location), `token` (0: none is configured).
sub start {
    my ($class, $edge, %options) = @_;
    my $file     = File::Temp->new;
    print $file "# the shop's cron job\n$token\n";
    close $file;
    my $token    = delete $options{token} // 1;
    my $location = delete $options{location} // '';
    my $access   = $token ? "aep_back_office_token $file;" : '';
    my $server   = AepServer->start(
        edge => $edge->url, workers => 1, %options,
        server => ($options{server} // '') . <<"SERVER");
        aep_back_office_events on;
        location = /orders { aep_back_office; $access $location }
SERVER
    return bless { server => $server, file => $file }, $class;
}

sub server { return $_[0]{server} }

# Posts a text, or data as JSON, with the token. Header members given here come in addition.
sub post {
    my ($self, $body, %header) = @_;
    my $path = delete $header{path} // '/orders';
    $body = JSON::PP->new->canonical->utf8->encode($body) if ref $body;
    return $self->{server}->client->post($path, $body, $self->header(%header));
}

# What a backend sends, unlike a browser.
sub header {
    my ($self, %header) = @_;
    return (
        Origin => undef, 'Sec-Fetch-Site' => undef, Authorization => "Bearer $token",
        'Content-Type' => 'application/json', %header,
    );
}

# The results of an answer, whichever form it has.
sub results {
    my ($self, $answer) = @_;
    return [map { JSON::PP::decode_json($_) } split /\n/, $answer->{body}]
        if ($answer->{headers}{'content-type'}[0] // '') =~ /ndjson/;
    return JSON::PP::decode_json($answer->{body})->{results};
}

# A sample as text, by the beginning of its name.
sub sample {
    my ($self, $name) = @_;
    my ($file) = glob "$samples/$name*.json";
    open my $in, '<', $file // die "no sample $name" or die "$file: $!";
    local $/;
    return scalar <$in>;
}

# A small order as an envelope, told apart by its number.
sub order {
    my ($self, $number, %more) = @_;
    return {
        event => 'orderPlaced',
        order => {
            entity_id => $number, increment_id => sprintf('%09d', $number), store_id => 1, state => 'new',
            customer_email => "shopper$number\@shop.example", created_at => '2026-03-04 10:15:30',
            updated_at => '2026-03-04 10:15:30', grand_total => 20.5, order_currency_code => 'EUR',
            payment => { method => 'checkmo', amount_ordered => 20.5 },
            items => [{ item_id => $number, sku => 'SKU-1', name => 'Cup', qty_ordered => 1, row_total => 20.5 }],
            %more,
        },
    };
}

1;
